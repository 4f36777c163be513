import { createColors } from 'picocolors'

/** Text styling; does nothing if color is off. */
export type Style = ReturnType<typeof createColors>

export function styleFor(color: boolean): Style {
  return createColors(color)
}
