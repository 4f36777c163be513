import type { Kind } from '../kind.ts'
import type { Change, Server, Unsupported } from '../model.ts'
import { splitRef } from '../ref.ts'
import { isPrefect2 } from '../version.ts'

/**
 * Separates the changes that may be written from those that may not. On a server older than 3.0, only changes of
 * activation are written: other fields have other names there, and such a server rejects unknown fields. All other
 * changes are `unsupported`.
 */
export function writable(
  changes: readonly Change[],
  kinds: readonly Kind[],
  { version }: Server,
): { readonly changes: readonly Change[]; readonly unsupported: readonly Unsupported[] } {
  if (!isPrefect2(version)) return { changes, unsupported: [] }
  const activations = changes.filter((change) => isActivation(change, kinds))
  const done = new Set<string>(activations.map(({ ref }) => ref))
  const reason = `Prefect ${version} is supported only as a source: you can export it, pause it and resume it, but change nothing else`
  return {
    changes: activations.map((change) => ({ ...change, waits: change.waits.filter((id) => done.has(id)) })),
    unsupported: changes.filter(({ ref }) => !done.has(ref)).map(({ ref }) => ({ ref, reason })),
  }
}

/** Whether a change only switches work on or off. */
function isActivation(change: Change, kinds: readonly Kind[]): boolean {
  if (change.action !== 'update') return false
  const kind = kinds.find(({ name }) => name === splitRef(change.ref).kind)
  return change.fields.every(({ pointer }) => kind?.fields[pointer.replace(/^\/spec\//, '')]?.operational)
}
