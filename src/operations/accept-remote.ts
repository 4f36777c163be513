import type { Context } from '../context.ts'
import { readPolicy } from '../project/policy-file.ts'
import { refOf } from '../ref.ts'
import { withPlaceholders, withSourcesOf } from '../secrets/placeholders.ts'
import { externalsOf, refsOutside, withGlobs } from '../selection/external.ts'
import { matchesOneOf, membersOf } from '../selection/scope.ts'
import { selectedIfAny, selectedOfBoth } from '../selection/selection.ts'
import type { Update } from '../snapshot/edit/update-texts.ts'
import { readPresent, update } from '../store/update-in-place.ts'
import { unknownIssues } from './audit-server.ts'
import { type OpenConnection, readResources, warn } from './connect.ts'
import { withDeclaredSecrets } from './declared-secrets.ts'
import { refuseEchoes } from './echoed-credentials.ts'

/**
 * Writes the server's version of the resources that match the globs into a snapshot, within its scope, with dependencies
 * that the snapshot lacks. Removes matching resources that the server does not have. Returns what was written.
 */
export async function acceptRemote(
  path: string,
  globs: readonly string[],
  to: OpenConnection,
  context: Context,
): Promise<Update> {
  const { kinds } = context
  const existing = await readPresent(path, kinds, context)
  const { resources: current, scope, source } = existing.read.snapshot
  const dependencies = scope.dependencies !== false
  const external = externalsOf(existing.read.snapshot, kinds)
  const all = await readResources(to, context, { wanted: current, everything: true })
  const live = [...withDeclaredSecrets(readPolicy(path, context), all, kinds).resources.values()]
  const include = { include: globs }
  const matches = matchesOneOf(globs)
  // Throws if a glob matches nothing on either side.
  selectedOfBoth([live, current], kinds, include)
  const currentRefs = new Set(current.map(refOf))
  const liveRefs = new Set(live.map(refOf))
  const inScope = membersOf(scope, live, kinds)
  const selectedRefs = new Set(selectedIfAny(live, kinds, { ...include, dependencies }).map(refOf))
  const accepted = withPlaceholders(live, kinds).filter((resource) => {
    const ref = refOf(resource)
    if (!selectedRefs.has(ref) || external.names(ref)) return false
    return matches(ref) ? currentRefs.has(ref) || inScope.has(ref) : !currentRefs.has(ref)
  })
  refuseEchoes(to, accepted)
  const taken = new Set(accepted.map(refOf))
  const lost = live.filter((resource) => taken.has(refOf(resource)))
  warn(context, unknownIssues(lost, { allowUnknown: true, where: 'the snapshot' }))
  const obsolete = current.map(refOf).filter((ref) => matches(ref) && !liveRefs.has(ref))
  const left = dependencies ? [] : refsOutside(accepted, kinds, live)
  const wanted = {
    resources: withSourcesOf(accepted, current, kinds),
    remove: new Set(obsolete),
    source,
    ...withGlobs(
      existing.read.snapshot.external,
      left.filter((ref) => !external.covers(ref) && !currentRefs.has(ref)),
    ),
  }
  return update(existing, wanted, kinds)
}
