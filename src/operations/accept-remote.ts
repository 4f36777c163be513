import type { Context } from '../context.ts'
import { readPolicy } from '../project/policy-file.ts'
import { refOf } from '../ref.ts'
import { withPlaceholders, withSourcesOf } from '../secrets/placeholders.ts'
import { matches, membersOf } from '../selection/scope.ts'
import { selectedIfAny, selectedOfBoth } from '../selection/selection.ts'
import type { Update } from '../snapshot/edit/update-texts.ts'
import { readPresent, update } from '../store/update-in-place.ts'
import { type Connected, readResources } from './connect.ts'
import { withPlaceholdersOf } from './declared-secrets.ts'

/**
 * Writes the server's version of what the globs match into a snapshot, within its scope, with the dependencies that the
 * snapshot lacks. What the server does not have is removed. Returns what was written.
 */
export async function acceptRemote(
  path: string,
  globs: readonly string[],
  to: Connected,
  context: Context,
): Promise<Update> {
  const { kinds, cwd } = context
  const existing = await readPresent(path, kinds, context)
  const { resources: held, scope, source } = existing.read.snapshot
  const all = await readResources(to, context, { wanted: held, everything: true })
  const live = [...withPlaceholdersOf(readPolicy(path, cwd), all, kinds).resources.values()]
  const include = { include: globs }
  // Throws where a glob matches nothing on either side.
  selectedOfBoth([live, held], kinds, include)
  const heldRefs = new Set(held.map(refOf))
  const liveRefs = new Set(live.map(refOf))
  const inScope = membersOf(scope, live, kinds)
  const selectedRefs = new Set(selectedIfAny(live, kinds, include).map(refOf))
  const accepted = withPlaceholders(live, kinds).filter((resource) => {
    const ref = refOf(resource)
    if (!selectedRefs.has(ref)) return false
    return matches(globs, ref) ? heldRefs.has(ref) || inScope.has(ref) : !heldRefs.has(ref)
  })
  const gone = held.map(refOf).filter((ref) => matches(globs, ref) && !liveRefs.has(ref))
  const wanted = { resources: withSourcesOf(accepted, held, kinds), remove: new Set(gone), source }
  return update(existing, wanted, kinds)
}
