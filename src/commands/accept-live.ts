import type { Kind } from '../kind.ts'
import { readLive } from '../live/read.ts'
import { refOf } from '../ref.ts'
import { withHoles, withSourcesOf } from '../secrets/holes.ts'
import { matches, membersOf } from '../select.ts'
import type { Connected } from './connect.ts'
import type { Io } from './io.ts'
import { withHolesOf } from './named-holes.ts'
import { readPolicy } from './policy-file.ts'
import { selectedIfAny, selectedOfBoth } from './selection.ts'
import { readPresent, update } from './update.ts'

/**
 * Writes the server's version of what the globs name into a snapshot, as far as its scope goes, and what that needs where
 * the snapshot does not have it. What the server does not have is taken out.
 */
export async function acceptLive(
  path: string,
  globs: readonly string[],
  to: Connected,
  kinds: readonly Kind[],
  io: Io,
): Promise<void> {
  const existing = await readPresent(path, kinds, io)
  const { resources: held, scope, source } = existing.read.snapshot
  io.tell({ type: 'phase', phase: 'reading' })
  const all = await readLive(to.client, to.server, kinds, { wanted: held, everything: true, on: io.tell })
  const live = [...withHolesOf(readPolicy(path, io.cwd), all, kinds).resources.values()]
  const include = { include: globs }
  // Refuses globs that name nothing on either side.
  selectedOfBoth([live, held], kinds, include)
  const has = new Set(held.map(refOf))
  const known = new Set(live.map(refOf))
  const inScope = membersOf(scope, live, kinds)
  const meant = new Set(selectedIfAny(live, kinds, include).map(refOf))
  const accepted = withHoles(live).filter((resource) => {
    const ref = refOf(resource)
    return meant.has(ref) && (matches(globs, ref) ? has.has(ref) || inScope.has(ref) : !has.has(ref))
  })
  const gone = held.map(refOf).filter((ref) => matches(globs, ref) && !known.has(ref))
  const wanted = { resources: withSourcesOf(accepted, held, kinds), remove: new Set(gone), source }
  const { changed, added, removed } = await update(existing, wanted, kinds)
  const refs = [...changed, ...added, ...removed]
  const counts = `${changed.length} changed, ${added.length} added, ${removed.length} removed`
  io.err(refs.length > 0 ? `Accepted into ${path}: ${counts}\n` : `${path} has the server's version already\n`)
}
