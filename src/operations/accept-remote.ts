import type { Io } from '../commands/io.ts'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read-live.ts'
import { readPolicy } from '../project/policy-file.ts'
import { refOf } from '../ref.ts'
import { withPlaceholders, withSourcesOf } from '../secrets/placeholders.ts'
import { matches, membersOf } from '../selection/scope.ts'
import { selectedIfAny, selectedOfBoth } from '../selection/selection.ts'
import { readPresent, update } from '../store/update-in-place.ts'
import type { Connected } from './connect.ts'
import { withPlaceholdersOf } from './declared-secrets.ts'

/**
 * Writes the server's version of what the globs name into a snapshot, as far as its scope goes, and what that needs where
 * the snapshot does not have it. What the server does not have is taken out.
 */
export async function acceptRemote(
  path: string,
  globs: readonly string[],
  to: Connected,
  kinds: readonly Kind[],
  context: Io,
): Promise<void> {
  const existing = await readPresent(path, kinds, context)
  const { resources: held, scope, source } = existing.read.snapshot
  context.onEvent({ type: 'phase', phase: 'reading' })
  const all = await readLive(to.client, to.server, kinds, { wanted: held, everything: true, on: context.onEvent })
  const live = [...withPlaceholdersOf(readPolicy(path, context.cwd), all, kinds).resources.values()]
  const include = { include: globs }
  // Refuses globs that name nothing on either side.
  selectedOfBoth([live, held], kinds, include)
  const has = new Set(held.map(refOf))
  const known = new Set(live.map(refOf))
  const inScope = membersOf(scope, live, kinds)
  const meant = new Set(selectedIfAny(live, kinds, include).map(refOf))
  const accepted = withPlaceholders(live, kinds).filter((resource) => {
    const ref = refOf(resource)
    return meant.has(ref) && (matches(globs, ref) ? has.has(ref) || inScope.has(ref) : !has.has(ref))
  })
  const gone = held.map(refOf).filter((ref) => matches(globs, ref) && !known.has(ref))
  const wanted = { resources: withSourcesOf(accepted, held, kinds), remove: new Set(gone), source }
  const { changed, added, removed } = await update(existing, wanted, kinds)
  const refs = [...changed, ...added, ...removed]
  const counts = `${changed.length} changed, ${added.length} added, ${removed.length} removed`
  context.err(refs.length > 0 ? `Accepted into ${path}: ${counts}\n` : `${path} has the server's version already\n`)
}
