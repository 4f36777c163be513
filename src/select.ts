import picomatch from 'picomatch'
import type { Ref, Scope } from './model.ts'

/** Whether a ref matches one of the globs: `*` within one part of a key, `**` across parts. */
export function matches(globs: readonly string[], ref: Ref): boolean {
  return globs.some((glob) => matcherOf(glob)(ref))
}

/** Whether a ref is in a scope. */
export function inScope({ include, exclude }: Pick<Scope, 'include' | 'exclude'>, ref: Ref): boolean {
  return matches(include, ref) && !matches(exclude, ref)
}

function matcherOf(glob: string): (ref: string) => boolean {
  // Only * and ? and {a,b} have a meaning: names may hold brackets, parentheses and exclamation marks.
  return picomatch(glob.replace(/[[\]()!+@|\\]/g, '\\$&'), { dot: true, nonegate: true, noextglob: true })
}
