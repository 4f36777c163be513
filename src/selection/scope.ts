import picomatch from 'picomatch'
import { dependenciesOf, reachable } from '../graph/dependencies.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource, Scope } from '../model.ts'
import { refOf } from '../ref.ts'

/** Whether a ref matches one of the globs: `*` within one part of a key, `**` across parts. */
export function matches(globs: readonly string[], ref: Ref): boolean {
  return globs.some((glob) => matcherOf(glob)(ref))
}

/** What a scope asks of a resource itself; see `Scope`. */
export type Conditions = Pick<Scope, 'include' | 'exclude' | 'tags' | 'kinds'>

/** Tells whether a resource meets the conditions of a scope by itself, whatever needs it. */
export function conditionsOf({ include, exclude, tags, kinds }: Conditions): (resource: Resource) => boolean {
  const [wanted, unwanted] = [include.map(matcherOf), exclude.map(matcherOf)]
  return (resource) => {
    const ref = refOf(resource)
    return (
      (kinds === undefined || kinds.includes(resource.kind)) &&
      (tags === undefined || tagsOf(resource).some((tag) => tags.includes(tag))) &&
      wanted.some((matches) => matches(ref)) &&
      !unwanted.some((matches) => matches(ref))
    )
  }
}

/**
 * The resources that a scope is about, of all that one side has: those that meet its conditions, where it has dependents
 * also what needs those, and of a narrowed scope only what the wider one is about too.
 */
export function membersOf(scope: Scope, resources: readonly Resource[], kinds: readonly Kind[]): ReadonlySet<Ref> {
  const chosen = withDependents(scope, resources.filter(conditionsOf(scope)).map(refOf), resources, kinds)
  const wider = scope.within && membersOf(scope.within, resources, kinds)
  return wider ? new Set([...chosen].filter((ref) => wider.has(ref))) : chosen
}

/** The chosen resources, and where a scope has dependents what needs them, directly or not, but for what it excludes. */
export function withDependents(
  { dependents, exclude }: Pick<Scope, 'dependents' | 'exclude'>,
  chosen: readonly Ref[],
  resources: readonly Resource[],
  kinds: readonly Kind[],
): Set<Ref> {
  if (!dependents) return new Set(chosen)
  const unwanted = exclude.map(matcherOf)
  const needs = dependenciesOf(resources, kinds).filter(({ from }) => !unwanted.some((matches) => matches(from)))
  return reachable(chosen, needs, 'needed-by')
}

/** The tags of a resource of any kind that has such a field. */
export function tagsOf({ spec }: Resource): readonly string[] {
  return Array.isArray(spec.tags) ? spec.tags.filter((tag) => typeof tag === 'string') : []
}

/** A glob made ready for many texts: refs, and pointers too. */
export function matcherOf(glob: string): (text: string) => boolean {
  if (glob === '**') return () => true
  if (!/[*?{]/.test(glob)) return (text) => text === glob
  // Only * and ? and {a,b} have a meaning: names may hold brackets, parentheses and exclamation marks.
  const match = picomatch(asName(glob).replace(/[[\]()!+@|]/g, '\\$&'), {
    dot: true,
    nonegate: true,
    noextglob: true,
  })
  // A name is always a glob of itself, also where it holds what has a meaning in one.
  return (ref) => ref === glob || match(asName(ref))
}

/**
 * Picomatch knows paths, in which `.` and `..` lead elsewhere and lines do not end; in a key they are names. Several
 * backslashes make it run without end.
 */
function asName(text: string): string {
  return /\.|\s|\\/.test(text)
    ? text
        .replace(/(?<=^|\/)\.{1,2}(?=\/|$)/g, (dots) => '\ue000'.repeat(dots.length))
        .replace(/[\n\r\u2028\u2029]/g, '\ue001')
        .replaceAll('\\', '\ue002')
    : text
}
