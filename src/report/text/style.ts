import { createColors } from 'picocolors'

/** How text is marked on this terminal; plain text where colour is not wanted. */
export type Style = ReturnType<typeof createColors>

export function styleFor(colour: boolean): Style {
  return createColors(colour)
}
