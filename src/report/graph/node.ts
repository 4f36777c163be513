import { shorten, visible } from '../../plain-text.ts'
import { type Ref, splitRef } from '../../ref.ts'

/** A resource's box without a position. */
export interface Box {
  readonly ref: Ref
  readonly kind: string
  /** The key, shortened if it is long. */
  readonly label: string
  readonly width: number
}

export const nodeHeight = 38

/** The box of a resource, wide enough for its label. Long keys are shortened in the middle. */
export function boxOf(ref: Ref): Box {
  const { kind, key } = splitRef(ref)
  const text = visible(key)
  const label = text.length > 42 ? `${shorten(text, 28)}${text.slice(-13)}` : text
  return { ref, kind, label, width: Math.round(Math.max(label.length * 7.4, kind.length * 5.8, 60) + 26) }
}
