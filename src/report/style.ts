import { createColors } from 'picocolors'

/** How text is marked on this terminal; plain text where colour is not wanted. */
export type Style = ReturnType<typeof createColors>

export function styleFor(colour: boolean): Style {
  return createColors(colour)
}

/** Cuts text to a width, with a sign that something was cut. */
export function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`
}

/** `1 change`, `2 changes`, `2 saved-searches`. */
export function plural(count: number, one: string, many = /(s|x|ch|sh)$/.test(one) ? `${one}es` : `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
