import { Failure, type Issue } from '../issue.ts'
import { isObject, type Json, type Pointer, step, steps } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Ref } from '../model.ts'
import { refOf } from '../ref.ts'
import { matcherOf } from '../selection/scope.ts'
import { withSecretsAt } from '../spec/spec-secrets.ts'
import { suggest } from '../suggest.ts'

/** A pattern for values to treat as secrets: `**#/spec/job_variables/env/*_KEY`. */
export interface Pattern {
  readonly text: string
  readonly ref: (ref: string) => boolean
  /** Comes from configuration, so it need not match anything. */
  readonly standing: boolean
  /** Matches a pointer into the document. */
  readonly pointer: (pointer: string) => boolean
}

/** Parses patterns. Throws `Failure` with every invalid one. */
export function patternsOf(texts: readonly string[], standing = false): readonly Pattern[] {
  const issues: Issue[] = []
  const patterns = texts.flatMap((text): Pattern[] => {
    // A ref may contain #, so the last possible # separates.
    const [, ref, pointer] = /^(.+)#(\/spec\/.+)$/s.exec(text) ?? []
    if (ref !== undefined && pointer !== undefined)
      return [{ text, standing, ref: matcherOf(ref), pointer: matcherOf(pointer) }]
    issues.push({
      code: 'usage',
      severity: 'error',
      message: `${JSON.stringify(text)} is not a pattern for secret values.`,
      fix: "Write KIND/KEY#/spec/POINTER, both as globs, such as '**#/spec/job_variables/env/*_KEY'.",
    })
    return []
  })
  if (issues.length > 0) throw new Failure(issues)
  return patterns
}

/**
 * Treats the values that match the patterns as secrets, in addition to existing secrets. Throws `Failure` with every
 * pattern that matches nothing and is not standing, and every value that cannot be a secret because it refers to
 * another resource.
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
    const withSecrets = withSecretsAt(kind, resource, found)
    for (const pointer of found)
      if ('masked' in (withSecrets.secrets[pointer] ?? {})) issues.push(refersToResource(refOf(resource), pointer))
    return withSecrets
  })
  const refs = resources.map(refOf)
  for (const pattern of patterns)
    if (!pattern.standing && !used.has(pattern)) issues.push(matchesNothing(pattern, refs, resources))
  if (issues.length > 0) throw new Failure(issues)
  return out
}

/** The outermost pointers in a spec that match a pattern; nested matches are part of the outer placeholder. */
function pointersOf(spec: Json, patterns: readonly Pattern[], used: Set<Pattern>): Pointer[] {
  const found: Pointer[] = []
  const visit = (value: Json, pointer: Pointer, within: boolean) => {
    const matching = patterns.filter((pattern) => pattern.pointer(`/spec${pointer}`))
    for (const pattern of matching) used.add(pattern)
    const outermost = matching.length > 0 && pointer !== '' && !within
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

function refersToResource(ref: Ref, pointer: Pointer): Issue {
  return {
    code: 'invalid-secret',
    severity: 'error',
    message: `${ref} cannot have a placeholder at ${pointer}: the value there refers to another resource.`,
    fix: 'Narrow the path: a reference to another resource is not a secret.',
    ref,
    pointer: `/spec${pointer}`,
  }
}

function matchesNothing({ text, ref }: Pattern, refs: readonly Ref[], resources: readonly LiveResource[]): Issue {
  const matching = resources.filter((resource) => ref(refOf(resource)))
  const pointerGlob = text.slice(text.lastIndexOf('#/spec/') + 1)
  const glob = text.slice(0, text.lastIndexOf('#/spec/'))
  const similar =
    matching.length > 0
      ? suggest(
          pointerGlob,
          matching.flatMap(({ spec }) => leavesOf(spec)),
        )
      : suggest(glob, refs)
  const last = steps(pointerGlob).at(-1)
  const help =
    matching.length > 0
      ? `nothing in ${matching.length === 1 ? refs.find(ref) : `${matching.length} resources`} is at ${pointerGlob}`
      : `no resource matches ${glob}`
  return {
    code: 'empty-selection',
    severity: 'error',
    message: `The pattern ${text} matches nothing: ${help}.`,
    fix: similar ? `Did you mean ${similar}?` : `* matches one segment, ** several: #/spec/**/${last}`,
  }
}

function leavesOf(value: Json, pointer: Pointer = '/spec'): Pointer[] {
  const inner = entriesOf(value).flatMap(([key, item]) => leavesOf(item, step(pointer, key)))
  return inner.length > 0 ? inner : [pointer]
}
