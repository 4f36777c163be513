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
  if (glob === '**') return () => true
  if (!/[*?{\\]/.test(glob)) return (ref) => ref === glob
  // Only * and ? and {a,b} have a meaning: names may hold brackets, parentheses and exclamation marks.
  const match = picomatch(asName(glob).replace(/[[\]()!+@|\\]/g, '\\$&'), {
    dot: true,
    nonegate: true,
    noextglob: true,
  })
  return (ref) => match(asName(ref))
}

/** Picomatch knows paths, in which `.` and `..` lead elsewhere and lines do not end; in a key they are names. */
function asName(text: string): string {
  return /\.|\s/.test(text)
    ? text
        .replace(/(?<=^|\/)\.{1,2}(?=\/|$)/g, (dots) => '\ue000'.repeat(dots.length))
        .replace(/[\n\r\u2028\u2029]/g, '\ue001')
    : text
}
