import type { Kind } from '../kind.ts'
import type { Change, Server, Unsupported } from '../model.ts'
import { splitRef } from '../ref.ts'
import { isPrefect2 } from '../version.ts'

/**
 * The changes that may be written. On a server older than 3.0 only switches are: other fields have other names there, and
 * such a server refuses fields that it does not know. All other changes are `unsupported`.
 */
export function writable(
  changes: readonly Change[],
  kinds: readonly Kind[],
  { version }: Server,
): { readonly changes: readonly Change[]; readonly unsupported: readonly Unsupported[] } {
  if (!isPrefect2(version)) return { changes, unsupported: [] }
  const flips = changes.filter((change) => isFlip(change, kinds))
  const done = new Set<string>(flips.map(({ ref }) => ref))
  const reason = `Prefect ${version} is only a source: it is read, and its work is paused and resumed, nothing else`
  return {
    changes: flips.map((change) => ({ ...change, waits: change.waits.filter((id) => done.has(id)) })),
    unsupported: changes.filter(({ ref }) => !done.has(ref)).map(({ ref }) => ({ ref, reason })),
  }
}

/** Whether a change only switches something on or off. */
function isFlip(change: Change, kinds: readonly Kind[]): boolean {
  if (change.action !== 'update') return false
  const kind = kinds.find(({ name }) => name === splitRef(change.ref).kind)
  return change.fields.every(({ pointer }) => kind?.fields[pointer.replace(/^\/spec\//, '')]?.operational)
}
