/** Quotes a word for a shell, if necessary. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  // A terminal may swallow or interpret control characters.
  if (control.test(word)) return `$'${[...word].map(escaped).join('')}'`
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** Joins words into a command line that can be pasted into a shell. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: matching control characters is the purpose
const control = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

/** Escapes a character for `$'…'` (bash, zsh, POSIX 2024): UTF-8 bytes in octal, which all of them support. */
function escaped(char: string): string {
  if (char === "'" || char === '\\') return `\\${char}`
  if (!control.test(char)) return char
  return [...new TextEncoder().encode(char)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}
