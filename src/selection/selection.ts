import { withDependencies } from '../graph/closure.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource, Scope, Snapshot } from '../model.ts'
import { bySnapshotOrder, refOf } from '../ref.ts'
import { suggest } from '../suggest.ts'
import { refsOutside, withGlobs } from './external.ts'
import { conditionsOf, tagsOf, withDependents } from './scope.ts'

/**
 * Selects resources: those of one of these kinds, with one of these tags, that match one of the including globs and none of
 * the excluding ones. An omitted option has no effect.
 */
export interface Selection {
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly tag?: readonly string[]
  readonly kind?: readonly string[]
  /** Also selects the dependents of selected resources. */
  readonly dependents?: boolean
  /** Includes the dependencies of selected resources; true by default. */
  readonly dependencies?: boolean
}

/** The scope of a selection. */
export function scopeOf({ include = ['**'], exclude = [], tag, kind, dependents }: Selection): Scope {
  return {
    include,
    exclude,
    ...(tag ? { tags: tag } : {}),
    ...(kind ? { kinds: kind } : {}),
    ...(dependents ? { dependents } : {}),
    incomplete: [],
  }
}

/** The selection that gives a scope. */
export function selectionOf({ include, exclude, tags, kinds, dependents, dependencies }: Scope): Selection {
  return {
    ...(include.join() === '**' ? {} : { include }),
    ...(exclude.length > 0 ? { exclude } : {}),
    ...(tags ? { tag: tags } : {}),
    ...(kinds ? { kind: kinds } : {}),
    ...(dependents ? { dependents } : {}),
    ...(dependencies === false ? { dependencies } : {}),
  }
}

/** The flags that give a scope, for a command line to paste. */
export function flagsOf(scope: Scope): readonly string[] {
  const { include, exclude, tags = [], kinds = [], dependents } = scope
  return [
    ...include.flatMap((glob) => ['--include', glob]),
    ...exclude.flatMap((glob) => ['--exclude', glob]),
    ...tags.flatMap((tag) => ['--tag', tag]),
    ...kinds.flatMap((kind) => ['--kind', kind]),
    ...(dependents ? ['--dependents'] : []),
  ]
}

/** Whether a selection has a condition; without one, it selects all resources. */
export function selects({ include, exclude, tag, kind }: Selection): boolean {
  return [include, exclude, tag, kind].some((flag) => flag !== undefined)
}

/** Throws `Failure` for unknown kinds, with suggestions. */
export function refuseUnknownKinds({ kind = [] }: Selection, kinds: readonly Kind[]): void {
  const known = kinds.map(({ name }) => name)
  const issues = kind.flatMap((name): Issue[] => {
    if (known.includes(name)) return []
    const similar = suggest(name, known)
    const fix = similar ? `Did you mean ${similar}?` : `Kinds: ${known.join(', ')}`
    return [{ code: 'unknown-kind', severity: 'error', message: `There is no kind "${name}".`, fix }]
  })
  if (issues.length > 0) throw new Failure(issues)
}

/**
 * The selected resources and their dependencies, in the order of a snapshot. Built-in resources are omitted unless they are
 * dependencies. Throws `Failure` if nothing matches the selection.
 */
export function selected<T extends Resource>(
  resources: readonly T[],
  kinds: readonly Kind[],
  selection: Selection,
): T[] {
  const sorted = [...resources].sort(bySnapshotOrder(kinds))
  const chosen = selectionTest(sorted, kinds, selection)
  if (!sorted.some(chosen) && mustMatch(selection)) throw emptySelection(selection, sorted)
  return selection.dependencies === false ? sorted.filter(chosen) : withDependencies(sorted, kinds, chosen)
}

/** Returns a test of whether a resource is in the selection, including dependents if requested. */
function selectionTest<T extends Resource>(
  resources: readonly T[],
  kinds: readonly Kind[],
  selection: Selection,
): (resource: T) => boolean {
  refuseUnknownKinds(selection, kinds)
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const scope = scopeOf(selection)
  const inScope = conditionsOf(scope)
  const named = selection.include !== undefined || selection.kind !== undefined
  const chosen = (resource: T) => inScope(resource) && (named || !byName.get(resource.kind)?.builtin?.(resource))
  if (!scope.dependents) return chosen
  const refs = withDependents(scope, resources.filter(chosen).map(refOf), resources, kinds)
  return (resource) => refs.has(refOf(resource))
}

/** Whether a selection must match something: one that only excludes may be empty. */
function mustMatch({ include, tag, kind }: Selection): boolean {
  return [include, tag, kind].some((flag) => flag !== undefined)
}

/** The selected resources; empty if nothing matches the selection. */
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

/** The refs that are selected on either of two sides. Throws `Failure` if nothing matches on both. */
export function selectedOfBoth(
  sides: readonly [readonly Resource[], readonly Resource[]],
  kinds: readonly Kind[],
  selection: Selection,
): ReadonlySet<Ref> {
  refuseUnknownKinds(selection, kinds)
  const chosen = sides.flatMap((side) => selectedIfAny(side, kinds, selection))
  return new Set((chosen.length > 0 ? chosen : selected(sides.flat(), kinds, selection)).map(refOf))
}

/**
 * Narrows a snapshot to a selection: plan and prune ignore other resources. The scope of the snapshot still applies, so
 * resources outside of it do not count as missing. Dependencies that are left out are external: the destination has to have them.
 */
export function narrowed(snapshot: Snapshot, kinds: readonly Kind[], selection: Selection): Snapshot {
  if (!selects(selection)) return snapshot
  const { scope, resources, external } = snapshot
  const narrow = { ...scopeOf(selection), incomplete: scope.incomplete, within: scope }
  const chosen = selected(resources, kinds, selection)
  const left = selection.dependencies === false ? refsOutside(chosen, kinds, resources) : []
  return { ...snapshot, scope: narrow, ...withGlobs(external, left), resources: chosen }
}

function emptySelection(selection: Selection, resources: readonly Resource[]): Failure {
  const { include = [], tag = [], kind = [], exclude = [] } = selection
  const flags = { include, tag, kind, exclude }
  const flagTexts = Object.entries(flags).flatMap(([flag, words]) => words.map((word) => `--${flag} ${word}`))
  const refs = resources.map(refOf)
  const tags = [...new Set(resources.flatMap(tagsOf))].sort()
  const similar = [
    ...include.flatMap((glob) =>
      resources.some(conditionsOf({ include: [glob], exclude: [] })) ? [] : similarGlobs(glob, refs),
    ),
    ...tag.flatMap((word) => (tags.includes(word) ? [] : (suggest(word, tags) ?? []))),
  ]
  const existingKinds = [...new Set(resources.map(({ kind }) => kind))]
  const hints = [
    ...(similar.length > 0 ? [`Did you mean ${similar.slice(0, 5).join(', ')}?`] : []),
    ...(similar.length === 0 && tag.length > 0
      ? [tags.length > 0 ? `Tags here: ${some(tags)}` : 'Nothing here has tags']
      : []),
    ...(similar.length === 0 && include.length > 0 ? ['Globs are over kind/key, such as deployment/etl/**'] : []),
    ...(similar.length === 0
      ? [existingKinds.length > 0 ? `Kinds here: ${existingKinds.join(', ')}` : 'There is nothing here at all']
      : []),
  ]
  const message = `Nothing matches ${flagTexts.join(' ')}${flagTexts.length > 1 ? ' (a resource has to meet each flag)' : ''}.`
  return new Failure([{ code: 'empty-selection', severity: 'error', message, fix: hints.join('. ') }])
}

function some(words: readonly string[]): string {
  return words.length > 8 ? `${words.slice(0, 8).join(', ')} and ${words.length - 8} more` : words.join(', ')
}

/** Suggests a glob in which parts are replaced by similar parts of existing refs. */
function similarGlobs(glob: string, refs: readonly Ref[]): string[] {
  const parts = glob.split('/')
  const wild = (part: string | undefined) => part !== undefined && /[*?{]/.test(part)
  const candidates = refs.map((ref) => {
    const words = ref.split('/')
    return wild(parts.at(-1)) && parts.at(-1) === '**'
      ? [...parts.slice(0, -1).map((part, index) => (wild(part) ? part : (words[index] ?? ''))), '**'].join('/')
      : words.map((word, index) => (wild(parts[index]) ? parts[index] : word)).join('/')
  })
  return suggest(glob, new Set(candidates.filter((word) => word !== glob))) === undefined
    ? []
    : [suggest(glob, new Set(candidates)) as string]
}
