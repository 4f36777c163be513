import type { Issue } from '../issue.ts'
import type { Change, Live, Plan, Ref } from '../model.ts'
import { splitRef } from '../ref.ts'
import { matches } from '../selection/scope.ts'

/** A glob over refs of resources that must not be deleted, and the file that defines it. */
export interface Protection {
  readonly glob: string
  readonly from: string
}

/** An issue for each delete of a protected resource. */
export function protectedDeletes(changes: readonly Change[], protections: readonly Protection[]): Issue[] {
  return changes.flatMap((change): Issue[] => {
    const by = change.action === 'delete' && protections.find(({ glob }) => matches([glob], change.ref))
    if (!by) return []
    const fix = `Remove ${by.glob} from protect: in ${by.from}, or exclude the resource from this run.`
    return [
      {
        code: 'protected',
        severity: 'error',
        message: `${change.ref} would be deleted, but ${by.from} protects ${by.glob}.`,
        ref: change.ref,
        fix,
      },
    ]
  })
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
