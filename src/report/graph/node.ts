import { shorten, visible } from '../../plain-text.ts'
import { type Ref, splitRef } from '../../ref.ts'

/** A resource as it is drawn, before it has its place. */
export interface Box {
  readonly ref: Ref
  readonly kind: string
  /** The key, as far as there is room for it. */
  readonly label: string
  readonly width: number
}

export const nodeHeight = 38

/** The box of a resource: wide enough for its label, which is cut in its middle. */
export function boxOf(ref: Ref): Box {
  const { kind, key } = splitRef(ref)
  const text = visible(key)
  const label = text.length > 42 ? `${shorten(text, 28)}${text.slice(-13)}` : text
  return { ref, kind, label, width: Math.round(Math.max(label.length * 7.4, kind.length * 5.8, 60) + 26) }
}
