import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Change, Live, Plan, Ref, Resource } from '../model.ts'
import { plural } from '../plain-text.ts'
import { refOf, splitRef } from '../ref.ts'

/** The change limit applies only to kinds with at least this many resources on the server. */
const minResources = 10
const maxShares = { delete: 0.3, update: 0.5 } as const
type Limited = keyof typeof maxShares

/** So many changes of one sort and kind are allowed beyond the change limit. */
export interface RaisedLimit {
  readonly action: Limited
  readonly kind: string
  readonly most: number
}

interface Excess {
  readonly kind: string
  readonly action: Limited
  readonly number: number
  readonly all: number
}

/** Parses limits such as `update:deployment=480`. Throws `Failure` for others. */
export function raisedLimits(texts: readonly string[], kinds: readonly Pick<Kind, 'name'>[]): RaisedLimit[] {
  return texts.map((text) => {
    const [, action, kind = '', most] = /^(delete|update):([a-z-]+)=(\d{1,9})$/.exec(text) ?? []
    if (action !== undefined && kinds.some(({ name }) => name === kind))
      return { action: action as Limited, kind, most: Number(most) }
    const message = `--raise-change-limit ${text} is not a kind of change with a number.`
    const fix =
      'Write for example update:deployment=480 or delete:variable=20. The refusal of a plan has the exact value.'
    throw new Failure([{ code: 'usage', severity: 'error', message, fix }])
  })
}

/**
 * An issue for each kind over the change limit. A plan that changes so many resources probably has the wrong server or
 * file. Each names the option that allows just this, so that the limit on everything else stays.
 */
export function changeLimit(changes: readonly Change[], live: Live, raised: readonly RaisedLimit[] = []): Issue[] {
  return excesses(changes, live).flatMap(({ kind, action, number, all }): Issue[] => {
    if (raised.some((one) => one.action === action && one.kind === kind && number <= one.most)) return []
    const share = `${number} of ${all} (${Math.round((100 * number) / all)} %)`
    return [
      {
        code: 'change-limit',
        severity: 'error',
        message: `The plan would ${action} ${share} of kind ${kind}; more than ${maxShares[action] * 100} % looks like a mistake.`,
        fix: `Check the profile and the file. If just these ${plural(number, action)} are intended, pass --raise-change-limit ${action}:${kind}=${number}.`,
      },
    ]
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
