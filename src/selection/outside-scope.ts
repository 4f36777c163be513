import { withDependencies } from '../graph/closure.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Resource, Scope, Snapshot } from '../model.ts'
import { refOf } from '../ref.ts'
import { shellLine } from '../shell.ts'
import { conditionsOf, membersOf } from './scope.ts'
import { flagsOf } from './selection.ts'

/**
 * A warning for each resource that the scope of its snapshot does not mean, and that nothing in the scope needs: somebody
 * added it by hand. Apply creates it, and it is never pruned. `place` finds where it is written.
 */
export function outsideScope(
  { scope, resources }: Snapshot,
  kinds: readonly Kind[],
  place: (resource: Resource) => Issue['place'],
): Issue[] {
  // A scope without globs means nothing: its names were changed.
  if (scope.include.length === 0 || meansEverything(scope)) return []
  const members = membersOf(scope, resources, kinds)
  const expected = new Set(withDependencies(resources, kinds, (resource) => members.has(refOf(resource))))
  const flags = shellLine(flagsOf(scope))
  return resources.flatMap((resource): Issue[] => {
    if (expected.has(resource)) return []
    const ref = refOf(resource)
    const at = place(resource)
    return [
      {
        code: 'outside-scope',
        severity: 'warning',
        message: `${ref} is outside of the scope of the snapshot, ${flags}: ${reasonOf(scope, resource)}. Apply creates it, but --prune never deletes it.`,
        fix: `${adviceOf(scope, resource)}, or widen scope: in the header.`,
        ref,
        ...(at ? { place: at } : {}),
      },
    ]
  })
}

function meansEverything({ include, exclude, tags, kinds }: Scope): boolean {
  return include.includes('**') && exclude.length === 0 && tags === undefined && kinds === undefined
}

/** The first condition that a resource does not meet, in words. */
function reasonOf({ include, exclude, tags, kinds }: Scope, resource: Resource): string {
  const meets = (some: Partial<Scope>) => conditionsOf({ include: ['**'], exclude: [], ...some })(resource)
  if (tags && !meets({ tags })) return `it does not have the tag ${tags.join(' or ')}`
  if (kinds && !meets({ kinds })) return `its kind is not ${kinds.join(' or ')}`
  if (!meets({ exclude })) return `${exclude.filter((glob) => !meets({ exclude: [glob] })).join(' and ')} excludes it`
  return `${include.join(' and ')} ${include.length > 1 ? 'do' : 'does'} not match it`
}

function adviceOf({ tags }: Scope, resource: Resource): string {
  const isUntagged = tags && !conditionsOf({ include: ['**'], exclude: [], tags })(resource)
  return isUntagged
    ? `Add ${tags.length > 1 ? 'one of the tags' : 'the tag'} to its tags`
    : 'Move it to another snapshot'
}
