import { listAt } from '../../list-at.ts'
import { visible } from '../../plain-text.ts'
import { type Ref, splitRef } from '../../ref.ts'

/** Refs by kind, the first few of each by name: `flow a, b and 3 more; variable x`. */
export function keysText(refs: readonly Ref[], most: number): string {
  const byKind = new Map<string, string[]>()
  for (const ref of refs) {
    const { kind, key } = splitRef(ref)
    listAt(byKind, kind).push(visible(key))
  }
  return [...byKind]
    .map(([kind, keys]) => {
      const more = keys.length > most ? ` and ${keys.length - most} more` : ''
      return `${kind} ${keys.slice(0, most).join(', ')}${more}`
    })
    .join('; ')
}
