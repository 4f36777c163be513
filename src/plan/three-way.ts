import type { Kind } from '../kind.ts'
import type { Change, ChangedBy, FieldChange, Plan, Ref, Resource, Snapshot, ThreeWay } from '../model.ts'
import { refOf, splitRef } from '../ref.ts'
import { differences } from '../spec/differences.ts'

/** Determines for each change of a plan which side has changed the resource since the base. Pure. */
export function threeWay(plan: Plan, base: Snapshot, kinds: readonly Kind[]): ReadonlyMap<Ref, ThreeWay> {
  const baseByRef = new Map(base.resources.map((resource) => [refOf(resource), resource]))
  return new Map(
    plan.changes.flatMap((change): [Ref, ThreeWay][] => {
      const kind = kinds.find(({ name }) => name === splitRef(change.ref).kind)
      return kind ? [[change.ref, sinceOf(kind, change, baseByRef)]] : []
    }),
  )
}

function sinceOf(kind: Kind, change: Change, baseByRef: ReadonlyMap<Ref, Resource>): ThreeWay {
  const before = 'before' in change ? change.before : undefined
  const after = 'after' in change ? change.after : undefined
  // A renamed resource has its old name in the base.
  const base = baseByRef.get(change.ref) ?? (before && baseByRef.get(refOf(before)))
  const ours = base && after ? differences(kind, base, after) : []
  const theirs = base && before ? differences(kind, before, base) : []
  return { ...(base ? { base } : {}), ours, theirs, by: changedBy(base, { before, after, ours, theirs }) }
}

function changedBy(
  base: Resource | undefined,
  sides: {
    readonly before: Resource | undefined
    readonly after: Resource | undefined
    readonly ours: readonly FieldChange[]
    readonly theirs: readonly FieldChange[]
  },
): ChangedBy {
  const isOurs = base ? sides.after === undefined || sides.ours.length > 0 : sides.after !== undefined
  const isTheirs = base ? sides.before === undefined || sides.theirs.length > 0 : sides.before !== undefined
  if (isOurs && isTheirs) return 'both'
  return isTheirs ? 'theirs' : 'ours'
}
