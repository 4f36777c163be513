import { Failure, type Issue } from '../issue.ts'
import { isObject, type Json, type Pointer, step, steps } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Ref } from '../model.ts'
import { refOf } from '../ref.ts'
import { matcherOf } from '../selection/scope.ts'
import { withSecretsAt } from '../spec.ts'
import { suggest } from '../suggest.ts'

/** Which values somebody calls secrets: `**#/spec/job_variables/env/*_KEY`. */
export interface Pattern {
  readonly text: string
  readonly ref: (ref: string) => boolean
  /** Said once for all, so it need not fit anything here. */
  readonly standing: boolean
  /** Into the document. */
  readonly pointer: (pointer: string) => boolean
}

/** Reads patterns; throws `Failure` with every one that is none. */
export function patternsOf(texts: readonly string[], standing = false): readonly Pattern[] {
  const issues: Issue[] = []
  const patterns = texts.flatMap((text): Pattern[] => {
    // A ref may have a # of its own, so the last one that can be meant divides.
    const [, ref, pointer] = /^(.+)#(\/spec\/.+)$/s.exec(text) ?? []
    if (ref !== undefined && pointer !== undefined)
      return [{ text, standing, ref: matcherOf(ref), pointer: matcherOf(pointer) }]
    issues.push({
      code: 'usage',
      severity: 'error',
      message: `${JSON.stringify(text)} does not name values to replace by placeholders.`,
      fix: "Write KIND/KEY#/spec/POINTER, both as globs, such as '**#/spec/job_variables/env/*_KEY'.",
    })
    return []
  })
  if (issues.length > 0) throw new Failure(issues)
  return patterns
}

/**
 * Resources with the values that the patterns name as secrets. What is a secret already stays one. Throws `Failure` with
 * every pattern that names nothing and is not standing, and every value that cannot be a secret, since it refers to another resource.
 */
export function withPatterns(
  resources: readonly LiveResource[],
  patterns: readonly Pattern[],
  kinds: readonly Kind[],
): LiveResource[] {
  const used = new Set<Pattern>()
  const issues: Issue[] = []
  const out = resources.map((resource) => {
    const own = patterns.filter(({ ref }) => ref(refOf(resource)))
    const kind = kinds.find(({ name }) => name === resource.kind)
    if (own.length === 0 || !kind) return resource
    for (const pattern of own)
      if (Object.keys(resource.secrets).some((pointer) => pattern.pointer(`/spec${pointer}`))) used.add(pattern)
    const found = pointersOf(resource.spec, own, used)
    const made = withSecretsAt(kind, resource, found)
    for (const pointer of found)
      if ('masked' in (made.secrets[pointer] ?? {})) issues.push(refers(refOf(resource), pointer))
    return made
  })
  const refs = resources.map(refOf)
  for (const pattern of patterns)
    if (!pattern.standing && !used.has(pattern)) issues.push(nothing(pattern, refs, resources))
  if (issues.length > 0) throw new Failure(issues)
  return out
}

/** The places in a spec, outermost first, that one of the patterns fits; what is below a placeholder is in it. */
function pointersOf(spec: Json, patterns: readonly Pattern[], used: Set<Pattern>): Pointer[] {
  const found: Pointer[] = []
  const visit = (value: Json, pointer: Pointer, within: boolean) => {
    const fits = patterns.filter((pattern) => pattern.pointer(`/spec${pointer}`))
    for (const pattern of fits) used.add(pattern)
    const outermost = fits.length > 0 && pointer !== '' && !within
    if (outermost) found.push(pointer)
    for (const [key, item] of entriesOf(value)) visit(item, step(pointer, key), within || outermost)
  }
  visit(spec, '', false)
  return found
}

function entriesOf(value: Json): (readonly [string | number, Json])[] {
  if (Array.isArray(value)) return [...(value as readonly Json[]).entries()]
  return isObject(value) ? Object.entries(value) : []
}

function refers(ref: Ref, pointer: Pointer): Issue {
  return {
    code: 'invalid-secret',
    severity: 'error',
    message: `${ref} cannot have a placeholder at ${pointer}: the value there refers to another resource.`,
    fix: 'Narrow the path, or leave the value as it is: it is not a secret.',
    ref,
    pointer: `/spec${pointer}`,
  }
}

function nothing({ text, ref }: Pattern, refs: readonly Ref[], resources: readonly LiveResource[]): Issue {
  const own = resources.filter((resource) => ref(refOf(resource)))
  const wanted = text.slice(text.lastIndexOf('#/spec/') + 1)
  const glob = text.slice(0, text.lastIndexOf('#/spec/'))
  const near =
    own.length > 0
      ? suggest(
          wanted,
          own.flatMap(({ spec }) => leavesOf(spec)),
        )
      : suggest(glob, refs)
  const last = steps(wanted).at(-1)
  const help =
    own.length > 0
      ? `nothing in ${own.length === 1 ? refs.find(ref) : `${own.length} resources`} is at ${wanted}`
      : `no resource is called ${glob}`
  return {
    code: 'empty-selection',
    severity: 'error',
    message: `The placeholder ${text} fits nothing: ${help}.`,
    fix: near ? `Did you mean ${near}?` : `* stands for one part, ** for several: #/spec/**/${last}`,
  }
}

function leavesOf(value: Json, pointer: Pointer = '/spec'): Pointer[] {
  const inner = entriesOf(value).flatMap(([key, item]) => leavesOf(item, step(pointer, key)))
  return inner.length > 0 ? inner : [pointer]
}
