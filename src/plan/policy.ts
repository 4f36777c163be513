import type { Issue } from '../issue.ts'
import type { Change, Live, Plan, Ref } from '../model.ts'
import { splitRef } from '../ref.ts'
import { matches } from '../selection/scope.ts'

/** A glob of resources that are not deleted, and where it is written. */
export interface Protection {
  readonly glob: string
  readonly from: string
}

/** Deletes of what a policy protects. */
export function protectedDeletes(changes: readonly Change[], protections: readonly Protection[]): Issue[] {
  return changes.flatMap((change): Issue[] => {
    const by = change.action === 'delete' && protections.find(({ glob }) => matches([glob], change.ref))
    if (!by) return []
    const fix = `Take ${by.glob} out of protect: in ${by.from}, or exclude it from this run`
    return [
      {
        code: 'protected',
        severity: 'error',
        message: `${change.ref} would be deleted, but ${by.from} protects ${by.glob}`,
        ref: change.ref,
        fix,
      },
    ]
  })
}

/** From so many resources of a kind on, shares of them are looked at. */
const fewest = 10
const most = { delete: 0.3, update: 0.5 } as const

interface Excess {
  readonly kind: string
  readonly action: 'delete' | 'update'
  readonly number: number
  readonly all: number
}

/** Stops what changes so much of a kind that it looks like the wrong server or an empty file. */
export function changeLimit(changes: readonly Change[], live: Live): Issue[] {
  return excesses(changes, live).map(({ kind, action, number, all }) => {
    const share = `${number} of ${all} (${Math.round((100 * number) / all)} %)`
    return {
      code: 'change-limit',
      severity: 'error',
      message: `the plan would ${action} ${share} of kind ${kind}; more than ${most[action] * 100} % looks like a mistake`,
      fix: 'Check the profile and the file; if it is meant, pass --override-change-limit',
    }
  })
}

/** Kinds that the change limit would stop, and of which only some were read: the others may make the difference. */
export function uncounted(plan: Plan, live: Live): ReadonlySet<string> {
  const found = excesses(plan.changes, live).map(({ kind }) => kind)
  return new Set(found.filter((kind) => !live.complete.has(kind)))
}

function excesses(changes: readonly Change[], live: Live): Excess[] {
  const held = count([...live.resources.keys()])
  return (['delete', 'update'] as const).flatMap((action) => {
    const changed = count(changes.filter((change) => change.action === action).map(({ ref }) => ref))
    return [...changed].flatMap(([kind, number]): Excess[] => {
      const all = live.totals?.get(kind) ?? held.get(kind) ?? 0
      return all < fewest || number / all <= most[action] ? [] : [{ kind, action, number, all }]
    })
  })
}

function count(refs: readonly Ref[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const ref of refs) counts.set(splitRef(ref).kind, (counts.get(splitRef(ref).kind) ?? 0) + 1)
  return counts
}
