import { listAt } from '../../list-at.ts'
import { visible } from '../../plain-text.ts'
import { type Ref, splitRef } from '../../ref.ts'
import type { NotComparedReport } from '../model/change-report.ts'

/** Resources with secrets that were not compared, the first few of each kind: `block a (data.key), b (data.token)`. */
export function notComparedText(list: readonly NotComparedReport[], most: number): string {
  return keysText(
    list.map(({ ref }) => ref),
    most,
    list.map(({ secrets }) => ` (${secrets.map(({ path }) => visible(path)).join(', ')})`),
  )
}

/** Refs by kind, the first few of each by name: `flow a, b and 3 more; variable x`. `details` follow the names. */
export function keysText(refs: readonly Ref[], most: number, details: readonly string[] = []): string {
  const byKind = new Map<string, string[]>()
  for (const [at, ref] of refs.entries()) {
    const { kind, key } = splitRef(ref)
    listAt(byKind, kind).push(visible(key) + (details[at] ?? ''))
  }
  return [...byKind]
    .map(([kind, keys]) => {
      const more = keys.length > most ? ` and ${keys.length - most} more` : ''
      return `${kind} ${keys.slice(0, most).join(', ')}${more}`
    })
    .join('; ')
}
