import type { Kind } from '../kind.ts'
import type { Change, ChangedBy, FieldChange, Plan, Ref, Resource, Snapshot, ThreeWay } from '../model.ts'
import { refOf, splitRef } from '../ref.ts'
import { differences } from '../spec.ts'

/** Which side made each change of a plan necessary since a common base. Pure. */
export function threeWay(plan: Plan, base: Snapshot, kinds: readonly Kind[]): ReadonlyMap<Ref, ThreeWay> {
  const held = new Map(base.resources.map((resource) => [refOf(resource), resource]))
  return new Map(
    plan.changes.flatMap((change): [Ref, ThreeWay][] => {
      const kind = kinds.find(({ name }) => name === splitRef(change.ref).kind)
      return kind ? [[change.ref, sinceOf(kind, change, held)]] : []
    }),
  )
}

function sinceOf(kind: Kind, change: Change, held: ReadonlyMap<Ref, Resource>): ThreeWay {
  const before = 'before' in change ? change.before : undefined
  const after = 'after' in change ? change.after : undefined
  // A renamed resource has its old name in the base.
  const base = held.get(change.ref) ?? (before && held.get(refOf(before)))
  const ours = base && after ? differences(kind, base, after) : []
  const theirs = base && before ? differences(kind, before, base) : []
  return { ...(base ? { base } : {}), ours, theirs, by: changedBy(base, { before, after, ours, theirs }) }
}

function changedBy(
  base: Resource | undefined,
  of: {
    readonly before: Resource | undefined
    readonly after: Resource | undefined
    readonly ours: readonly FieldChange[]
    readonly theirs: readonly FieldChange[]
  },
): ChangedBy {
  const here = base ? of.after === undefined || of.ours.length > 0 : of.after !== undefined
  const there = base ? of.before === undefined || of.theirs.length > 0 : of.before !== undefined
  if (here && there) return 'both'
  return there ? 'theirs' : 'ours'
}
