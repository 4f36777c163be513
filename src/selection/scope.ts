import { dependenciesOf, reachable } from '../graph/dependencies.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource, Scope } from '../model.ts'
import { refOf } from '../ref.ts'
import { compileGlob } from './glob.ts'

/** Returns whether a ref matches one of the globs: `*` within one part of a key, `**` across parts. */
export function matchesOneOf(globs: readonly string[]): (ref: Ref) => boolean {
  const matchers = globs.map(matcherOf)
  return (ref) => matchers.some((matches) => matches(ref))
}

/** The conditions of a scope on a single resource; see `Scope`. */
export type Conditions = Pick<Scope, 'include' | 'exclude' | 'tags' | 'kinds'>

/** Returns whether a resource itself meets the conditions of a scope. */
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
 * The members of a scope among all resources of one side: those that meet its conditions, their dependents if the scope
 * includes them, limited to the members of the wider scope if there is one.
 */
export function membersOf(scope: Scope, resources: readonly Resource[], kinds: readonly Kind[]): ReadonlySet<Ref> {
  const chosen = withDependents(scope, resources.filter(conditionsOf(scope)).map(refOf), resources, kinds)
  const wider = scope.within && membersOf(scope.within, resources, kinds)
  return wider ? new Set([...chosen].filter((ref) => wider.has(ref))) : chosen
}

/** Adds dependents, direct and indirect, if the scope includes them, except those that it excludes. */
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

/** The refs that a scope names one by one, of which its members are a part; undefined if it has a pattern. */
export function namedRefs({ include, dependents }: Scope): readonly Ref[] | undefined {
  return dependents || include.some((glob) => isPattern(glob) || !glob.includes('/')) ? undefined : (include as Ref[])
}

/** The tags of a resource; empty if its kind has none. */
export function tagsOf({ spec }: Resource): readonly string[] {
  return Array.isArray(spec.tags) ? spec.tags.filter((tag) => typeof tag === 'string') : []
}

function isPattern(glob: string): boolean {
  return /[*?{]/.test(glob)
}

/** Compiles a glob for refs or pointers; see `compileGlob`. */
export function matcherOf(glob: string): (text: string) => boolean {
  if (glob === '**') return () => true
  if (!isPattern(glob)) return (text) => text === glob
  const match = compileGlob(glob)
  // A glob always matches itself, even if it contains special characters.
  return (text) => text === glob || match(text)
}
