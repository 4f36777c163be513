import type { Issue } from '../issue.ts'
import type { Change, Live, Plan, Ref, Resource } from '../model.ts'
import { refOf, splitRef } from '../ref.ts'
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

/** The change limit applies only to kinds with at least this many resources on the server. */
const minResources = 10
const maxShares = { delete: 0.3, update: 0.5 } as const

interface Excess {
  readonly kind: string
  readonly action: 'delete' | 'update'
  readonly number: number
  readonly all: number
}

/**
 * An issue for each kind over the change limit. A plan that changes so many resources probably has the wrong server or
 * file.
 */
export function changeLimit(changes: readonly Change[], live: Live): Issue[] {
  return excesses(changes, live).map(({ kind, action, number, all }) => {
    const share = `${number} of ${all} (${Math.round((100 * number) / all)} %)`
    return {
      code: 'change-limit',
      severity: 'error',
      message: `The plan would ${action} ${share} of kind ${kind}; more than ${maxShares[action] * 100} % looks like a mistake.`,
      fix: 'Check the profile and the file. If the change is intended, pass --override-change-limit.',
    }
  })
}

/**
 * What is lost beyond the change limit, of each kind and in all, such as `8 of 12 resources of kind flow (67 %)`. Nothing left
 * is beyond it, however little there was.
 */
export function excessiveLoss(before: readonly Resource[], after: readonly Resource[]): string[] {
  const kept = new Set(after.map(refOf))
  const lossOf = (some: readonly Resource[], what: string): string[] => {
    const [all, lost] = [some.length, some.filter((resource) => !kept.has(refOf(resource))).length]
    const isAll = some === before && all > 0 && after.length === 0
    if (!isAll && (all < minResources || lost / all <= maxShares.delete)) return []
    return [`${lost} of ${all} resources${what} (${Math.round((100 * lost) / all)} %)`]
  }
  const kinds = [...new Set(before.map(({ kind }) => kind))]
  const ofKinds = kinds.flatMap((name) =>
    lossOf(
      before.filter(({ kind }) => kind === name),
      ` of kind ${name}`,
    ),
  )
  return ofKinds.length > 0 ? ofKinds : lossOf(before, '')
}

/**
 * Kinds that exceed the change limit by the resources that were read, but were not read completely. For these, the
 * total number on the server decides.
 */
export function kindsToCount(plan: Plan, live: Live): ReadonlySet<string> {
  const found = excesses(plan.changes, live).map(({ kind }) => kind)
  return new Set(found.filter((kind) => !live.complete.has(kind)))
}

function excesses(changes: readonly Change[], live: Live): Excess[] {
  const existing = count([...live.resources.keys()])
  return (['delete', 'update'] as const).flatMap((action) => {
    const changed = count(changes.filter((change) => change.action === action).map(({ ref }) => ref))
    return [...changed].flatMap(([kind, number]): Excess[] => {
      const all = live.totals?.get(kind) ?? existing.get(kind) ?? 0
      return all < minResources || number / all <= maxShares[action] ? [] : [{ kind, action, number, all }]
    })
  })
}

function count(refs: readonly Ref[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const ref of refs) counts.set(splitRef(ref).kind, (counts.get(splitRef(ref).kind) ?? 0) + 1)
  return counts
}
