import type { Kind } from '../kind.ts'
import type { Change, Server, Unsupported } from '../model.ts'
import { splitRef } from '../ref.ts'
import { isPrefect2 } from '../version.ts'

/**
 * The changes that may be written. To a server older than 3.0 those are switches alone: the rest has other names there, and
 * what such a server does not know it refuses. The others are what it cannot hold.
 */
export function writable(
  changes: readonly Change[],
  kinds: readonly Kind[],
  { version }: Server,
): { readonly changes: readonly Change[]; readonly unsupported: readonly Unsupported[] } {
  if (!isPrefect2(version)) return { changes, unsupported: [] }
  const flips = changes.filter((change) => isFlip(change, kinds))
  const done = new Set<string>(flips.map(({ ref }) => ref))
  const reason = `Prefect ${version} is a source: it is read, and what runs there is paused and resumed, no more`
  return {
    changes: flips.map((change) => ({ ...change, waits: change.waits.filter((id) => done.has(id)) })),
    unsupported: changes.filter(({ ref }) => !done.has(ref)).map(({ ref }) => ({ ref, reason })),
  }
}

/** Whether a change does nothing but switch something on or off. */
function isFlip(change: Change, kinds: readonly Kind[]): boolean {
  if (change.action !== 'update') return false
  const kind = kinds.find(({ name }) => name === splitRef(change.ref).kind)
  return change.fields.every(({ pointer }) => kind?.fields[pointer.replace(/^\/spec\//, '')]?.operational)
}
