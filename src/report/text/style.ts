import { createColors } from 'picocolors'

/** How text is marked on this terminal; plain text where color is not wanted. */
export type Style = ReturnType<typeof createColors>

export function styleFor(color: boolean): Style {
  return createColors(color)
}
