import { withDependencies } from '../graph/closure.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource, Scope, Snapshot } from '../model.ts'
import { bySnapshotOrder, refOf } from '../ref.ts'
import { suggest } from '../suggest.ts'
import { refsOutside, withGlobs } from './external.ts'
import { conditionsOf, tagsOf, withDependents } from './scope.ts'

/**
 * Which resources a command is about: of one of these kinds, with one of these tags, matched by one of the globs that
 * include, and by none that excludes. A flag that is not given asks for nothing.
 */
export interface Selection {
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly tag?: readonly string[]
  readonly kind?: readonly string[]
  /** Whether what needs the chosen ones is meant too. */
  readonly dependents?: boolean
  /** Whether what the chosen ones need comes along. */
  readonly dependencies?: boolean
}

/** The scope that a selection asks for. */
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

/** The selection that asks for a scope. */
export function selectionOf({ include, exclude, tags, kinds, dependents }: Scope): Selection {
  return {
    ...(include.join() === '**' ? {} : { include }),
    ...(exclude.length > 0 ? { exclude } : {}),
    ...(tags ? { tag: tags } : {}),
    ...(kinds ? { kind: kinds } : {}),
    ...(dependents ? { dependents } : {}),
  }
}

/** The flags that ask for a scope, for a command line that can be pasted. */
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

/** Whether a selection leaves anything out. Without one, all is meant. */
export function selects({ include, exclude, tag, kind }: Selection): boolean {
  return [include, exclude, tag, kind].some((flag) => flag !== undefined)
}

/** Throws `Failure` for kinds that do not exist, with those that were probably meant. */
export function refuseUnknownKinds({ kind = [] }: Selection, kinds: readonly Kind[]): void {
  const known = kinds.map(({ name }) => name)
  const issues = kind.flatMap((name): Issue[] => {
    if (known.includes(name)) return []
    const near = suggest(name, known)
    const fix = near ? `Did you mean ${near}?` : `Kinds: ${known.join(', ')}`
    return [{ code: 'unknown-kind', severity: 'error', message: `There is no kind "${name}".`, fix }]
  })
  if (issues.length > 0) throw new Failure(issues)
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
  const sorted = [...resources].sort(bySnapshotOrder(kinds))
  const chosen = meant(sorted, kinds, selection)
  if (!sorted.some(chosen) && asks(selection)) throw nothing(selection, sorted)
  return selection.dependencies === false ? sorted.filter(chosen) : withDependencies(sorted, kinds, chosen)
}

/** Tells of those in the selection, and of what needs them where that was asked for. */
function meant<T extends Resource>(
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

/** Whether a selection asks for something: one that only leaves out may leave out all. */
function asks({ include, tag, kind }: Selection): boolean {
  return [include, tag, kind].some((flag) => flag !== undefined)
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
  refuseUnknownKinds(selection, kinds)
  const chosen = sides.flatMap((side) => selectedIfAny(side, kinds, selection))
  return new Set((chosen.length > 0 ? chosen : selected(sides.flat(), kinds, selection)).map(refOf))
}

/**
 * A snapshot narrowed to a selection; what is out of it is invisible to plan and prune. Its own scope still holds: what it
 * was not asked to hold is not missing from it. Dependencies that are left out are external: the destination has to have them.
 */
export function narrowed(snapshot: Snapshot, kinds: readonly Kind[], selection: Selection): Snapshot {
  if (!selects(selection)) return snapshot
  const { scope, resources, external } = snapshot
  const narrow = { ...scopeOf(selection), incomplete: scope.incomplete, within: scope }
  const chosen = selected(resources, kinds, selection)
  const left = selection.dependencies === false ? refsOutside(chosen, kinds, resources) : []
  return { ...snapshot, scope: narrow, ...withGlobs(external, left), resources: chosen }
}

function nothing(selection: Selection, resources: readonly Resource[]): Failure {
  const { include = [], tag = [], kind = [], exclude = [] } = selection
  const flags = { include, tag, kind, exclude }
  const said = Object.entries(flags).flatMap(([flag, words]) => words.map((word) => `--${flag} ${word}`))
  const refs = resources.map(refOf)
  const tags = [...new Set(resources.flatMap(tagsOf))].sort()
  const near = [
    ...include.flatMap((glob) =>
      resources.some(conditionsOf({ include: [glob], exclude: [] })) ? [] : nearGlobs(glob, refs),
    ),
    ...tag.flatMap((word) => (tags.includes(word) ? [] : (suggest(word, tags) ?? []))),
  ]
  const there = [...new Set(resources.map(({ kind }) => kind))]
  const hints = [
    ...(near.length > 0 ? [`Did you mean ${near.slice(0, 5).join(', ')}?`] : []),
    ...(near.length === 0 && tag.length > 0
      ? [tags.length > 0 ? `Tags here: ${some(tags)}` : 'Nothing here has tags']
      : []),
    ...(near.length === 0 && include.length > 0 ? ['Globs are over kind/key, such as deployment/etl/**'] : []),
    ...(near.length === 0
      ? [there.length > 0 ? `Kinds here: ${there.join(', ')}` : 'There is nothing here at all']
      : []),
  ]
  const message = `Nothing matches ${said.join(' ')}${said.length > 1 ? ' (a resource has to meet each flag)' : ''}.`
  return new Failure([{ code: 'empty-selection', severity: 'error', message, fix: hints.join('. ') }])
}

function some(words: readonly string[]): string {
  return words.length > 8 ? `${words.slice(0, 8).join(', ')} and ${words.length - 8} more` : words.join(', ')
}

/** What a glob would be with the words that are there in place of those that are nearly the same. */
function nearGlobs(glob: string, refs: readonly Ref[]): string[] {
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
