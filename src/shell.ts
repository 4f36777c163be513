/** A word as a shell reads it back: quoted where it has to be. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  // A terminal may eat control characters, or do something by them.
  if (control.test(word)) return `$'${[...word].map(escaped).join('')}'`
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** A command line that can be pasted. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

/** As bash, zsh and POSIX from 2024 on read it between `$'` and `'`: bytes of UTF-8 in octal, which all of them know. */
function escaped(char: string): string {
  if (char === "'" || char === '\\') return `\\${char}`
  if (!control.test(char)) return char
  return [...new TextEncoder().encode(char)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}
