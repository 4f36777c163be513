import { withNeeds } from '../graph/closure.ts'
import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource, Scope, Snapshot } from '../model.ts'
import { nearest } from '../near.ts'
import { bySnapshotOrder, refOf } from '../ref.ts'
import { inScope } from '../select.ts'
import { exits } from './io.ts'

/** Which resources a command is about; globs over refs. */
export interface Selection {
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** Whether what the chosen ones need comes along. */
  readonly dependencies?: boolean
}

/** The scope that a selection asks for. */
export function scopeOf({ include = ['**'], exclude = [] }: Selection): Scope {
  return { include, exclude, incomplete: [] }
}

/**
 * The resources that are meant: those in the selection, and what they need. What every server has by itself comes only
 * where something needs it. In the order of a snapshot. Throws `Failure` where the selection names nothing.
 */
export function selected<T extends Resource>(
  resources: readonly T[],
  kinds: readonly Kind[],
  selection: Selection,
): T[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const sorted = [...resources].sort(bySnapshotOrder(kinds))
  const scope = scopeOf(selection)
  const chosen = (resource: T) =>
    inScope(scope, refOf(resource)) &&
    (!byName.get(resource.kind)?.supporting?.(resource) || selection.include !== undefined)
  if (selection.include !== undefined && !sorted.some(chosen)) throw nothing(selection.include, sorted)
  const needed = withNeeds(sorted, kinds, chosen)
  return selection.dependencies === false ? needed.filter(chosen) : needed
}

/** What is meant, or nothing where the selection names nothing here. */
export function selectedIfAny<T extends Resource>(
  resources: readonly T[],
  kinds: readonly Kind[],
  selection: Selection,
): T[] {
  try {
    return selected(resources, kinds, selection)
  } catch (error) {
    if (error instanceof Failure) return []
    throw error
  }
}

/** The refs that are meant on either of two sides. Throws `Failure` where the selection names nothing on both. */
export function selectedOfBoth(
  sides: readonly [readonly Resource[], readonly Resource[]],
  kinds: readonly Kind[],
  selection: Selection,
): ReadonlySet<Ref> {
  const chosen = sides.flatMap((side) => selectedIfAny(side, kinds, selection))
  return new Set((chosen.length > 0 ? chosen : selected(sides.flat(), kinds, selection)).map(refOf))
}

/** A snapshot narrowed to a selection; what is out of it is invisible to plan and prune. */
export function narrowed(snapshot: Snapshot, kinds: readonly Kind[], selection: Selection): Snapshot {
  if (selection.include === undefined && selection.exclude === undefined) return snapshot
  const { include, exclude } = scopeOf(selection)
  const scope = {
    ...snapshot.scope,
    include: selection.include ? include : snapshot.scope.include,
    exclude: [...snapshot.scope.exclude, ...exclude],
  }
  return { ...snapshot, scope, resources: selected(snapshot.resources, kinds, selection) }
}

function nothing(globs: readonly string[], resources: readonly Resource[]): Failure {
  const near = globs.flatMap((glob) => nearest(glob, resources.map(refOf)) ?? [])
  const fix =
    near.length > 0
      ? `Did you mean ${near.join(', ')}?`
      : `Globs are over kind/key, such as deployment/etl/**; kinds here: ${[...new Set(resources.map(({ kind }) => kind))].join(', ')}`
  return new Failure(
    [{ code: 'no-match', severity: 'error', message: `nothing matches ${globs.join(', ')}`, fix }],
    exits.usage,
  )
}
