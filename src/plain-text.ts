/** Truncates text to `width` UTF-16 units, the last of which is an ellipsis. Never splits a surrogate pair. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text
  const end = Math.max(1, width - 1)
  const code = text.charCodeAt(end - 1)
  return `${text.slice(0, code >= 0xd800 && code <= 0xdbff && end > 1 ? end - 1 : end)}…`
}

/** `1 change`, `2 changes`, `2 saved-searches`. */
export function plural(count: number, one: string, many = /(s|x|ch|sh)$/.test(one) ? `${one}es` : `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** The number of resources of each kind: `2 flows, 1 variable`. */
export function kindsText(resources: Iterable<{ readonly kind: string }>): string {
  const counts = new Map<string, number>()
  for (const { kind } of resources) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => plural(count, kind)).join(', ')
}

/**
 * Control characters, characters that separate lines or change the text direction, and all that Unicode shows as nothing;
 * except for the two selectors that choose between an emoji and its plain form.
 */
const unsafe = /(?![\ufe0e\ufe0f])[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu

/**
 * Escapes characters that would move the cursor, change colors or reverse the text direction (`\u001b`), so that
 * untrusted text is safe on one line of a terminal.
 */
export function visible(text: string): string {
  return text.replace(unsafe, escaped)
}

/** The text of a JSON document in which such characters are escape sequences of JSON: the same values, safe to print. */
export function visibleJson(text: string): string {
  return text.replace(unsafe, (char) => (char === '\n' ? char : escaped(char)))
}

function escaped(char: string): string {
  const units = char.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'))
  return units.map((unit) => `\\u${unit}`).join('')
}

/** How many names a sentence has before it only counts. */
const mostNames = 10

/** Names in a sentence: `a, b and 3 more`. */
export function namesOf(names: readonly string[], most: number = mostNames): string {
  const shown = names.slice(0, most).map((name) => visible(name))
  return shown.join(', ') + (names.length > most ? ` and ${names.length - most} more` : '')
}
