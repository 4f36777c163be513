import type { Issue } from '../issue.ts'
import type { Change, Ref } from '../model.ts'
import { refOf } from '../ref.ts'
import { matcherOf } from '../selection/scope.ts'

/** A glob over refs of resources that must not be deleted, and the file that defines it. */
export interface Protection {
  readonly glob: string
  readonly from: string
}

/** An issue for each delete of a protected resource, by itself or along with what it belongs to. */
export function protectedDeletes(changes: readonly Change[], protections: readonly Protection[]): Issue[] {
  const matchers = protections.map((protection) => ({ protection, matches: matcherOf(protection.glob) }))
  return changes.flatMap((change): Issue[] => {
    if (change.action !== 'delete') return []
    return [change.ref, ...(change.along ?? []).map(refOf)].flatMap((ref) => {
      const by = matchers.find(({ matches }) => matches(ref))?.protection
      const owner = ref === change.ref ? '' : ` along with ${change.ref}`
      return by ? [protectedIssue(ref, by, owner)] : []
    })
  })
}

function protectedIssue(ref: Ref, { glob, from }: Protection, owner: string): Issue {
  return {
    code: 'protected',
    severity: 'error',
    message: `${ref} would be deleted${owner}, but ${from} protects ${glob}.`,
    ref,
    fix: `Remove ${glob} from protect: in ${from}, or exclude the resource from this run.`,
  }
}
