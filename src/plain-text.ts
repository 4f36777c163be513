/** Cuts text to a width, with a sign that something was cut. Never within a character of two code units. */
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

/** How many resources there are of each kind: `2 flows, 1 variable`. */
export function kindsText(resources: Iterable<{ readonly kind: string }>): string {
  const counts = new Map<string, number>()
  for (const { kind } of resources) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => plural(count, kind)).join(', ')
}

/** Control characters, and those that turn the direction of text. */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/**
 * Text of a server or a file as it may be shown on one line of a terminal: what would move the cursor, change colors
 * or turn the line round is written out instead (`\u001b`).
 */
export function visible(text: string): string {
  return text.replace(unseen, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
