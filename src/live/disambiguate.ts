import { createHash } from 'node:crypto'
import { type Json, sortKeys, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import { append } from '../list-at.ts'
import type { Resource } from '../model.ts'
import { nameInKey } from '../ref.ts'
import { differences } from '../spec/differences.ts'
import type { Candidate, Matches } from './candidate.ts'
import { mostSimilar } from './most-similar.ts'

/** The keys of candidates. */
export interface KeyAssignment {
  /** By ID. */
  readonly keys: ReadonlyMap<string, string>
  /** Wanted keys that were not assigned, because several candidates are equally similar. */
  readonly unsure: readonly string[]
}

/**
 * Assigns keys to resources of a kind whose names are not unique. A unique name is the key; otherwise a hash of the
 * content is appended to it. Wanted resources keep their keys: each is matched with the candidate of equal content,
 * else with a candidate whose content gives the wanted key, else with the most similar candidate, so that a change of
 * content is an update of that resource.
 */
export function disambiguate(
  kind: Kind,
  candidates: readonly Candidate[],
  wanted: readonly Resource[] = [],
): KeyAssignment {
  const keys = new Map<string, string>()
  const unsure: string[] = []
  const ofKind = wanted.filter((resource) => resource.kind === kind.name)
  const wantedByName = groupBy(ofKind, ({ key }) => nameInKey(key))
  // A candidate's key so far is its complete name, even if that looks like a name with a hash.
  for (const [name, group] of groupBy(candidates, ({ resource }) => resource.key)) {
    const ofName = wantedByName.get(name) ?? []
    const matches = match(kind, ofName, group)
    for (const [candidate, resource] of matches.sure) keys.set(candidate.id, resource.key)
    append(
      unsure,
      matches.unsure.map(({ key }) => key),
    )
    const isAlone = group.length === 1 && nameInKey(name) === name
    const unused = unusedKeys(ofName.map(({ key }) => key))
    for (const candidate of group) {
      if (matches.sure.has(candidate)) continue
      keys.set(candidate.id, unused(isAlone ? name : keyByContent(kind, candidate.resource)))
    }
  }
  return { keys, unsure }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}

/** Returns a function that makes keys unique: if several resources have the same content, it increments the hash. */
function unusedKeys(taken: readonly string[]): (key: string) => string {
  const used = new Set(taken)
  const next = new Map<string, number>()
  const plus = (key: string, n: number) =>
    key.replace(/[0-9a-f]{8}$/, (hex) => ((Number.parseInt(hex, 16) + n) >>> 0).toString(16).padStart(8, '0'))
  return (key) => {
    let n = next.get(key) ?? 0
    while (used.has(n === 0 ? key : plus(key, n))) n++
    next.set(key, n + 1)
    const free = n === 0 ? key : plus(key, n)
    used.add(free)
    return free
  }
}

/** Matches by content, then by key, and compares only the remaining resources with each other. */
function match(kind: Kind, wanted: readonly Resource[], candidates: readonly Candidate[]): Matches {
  const sure = new Map<Candidate, Resource>()
  if (wanted.length === 0) return { sure, unsure: [] }
  const keyed = candidates.map((candidate) => ({ candidate, key: keyByContent(kind, candidate.resource) }))
  const unmatched = new Set(wanted)
  const take = (resource: Resource, candidate: Candidate | undefined) => {
    if (candidate === undefined || sure.has(candidate)) return
    sure.set(candidate, resource)
    unmatched.delete(resource)
  }
  const byContentAndKey = groupBy(keyed, ({ candidate, key }) => contentOf(candidate.resource) + key)
  for (const resource of wanted)
    take(resource, byContentAndKey.get(contentOf(resource) + resource.key)?.pop()?.candidate)
  const byContent = groupBy(
    candidates.filter((candidate) => !sure.has(candidate)),
    ({ resource }) => contentOf(resource),
  )
  for (const resource of unmatched) take(resource, byContent.get(contentOf(resource))?.pop())
  const byKey = groupBy(
    keyed.filter(({ candidate }) => !sure.has(candidate)),
    ({ key }) => key,
  )
  for (const resource of unmatched) take(resource, nearest(kind, resource, byKey.get(resource.key) ?? []))
  const unmatchedCandidates = candidates.filter((candidate) => !sure.has(candidate))
  const similar = mostSimilar(kind, [...unmatched], unmatchedCandidates)
  for (const [candidate, resource] of similar.sure) sure.set(candidate, resource)
  return { sure, unsure: similar.unsure }
}

/** The first candidate with the fewest differences. */
function nearest(
  kind: Kind,
  resource: Resource,
  keyed: readonly { readonly candidate: Candidate }[],
): Candidate | undefined {
  const distances = keyed.map(({ candidate }) => differences(kind, candidate.resource, resource).length)
  return keyed[
    distances.indexOf(distances.reduce((least, distance) => Math.min(least, distance), Number.POSITIVE_INFINITY))
  ]?.candidate
}

function contentOf({ refs, spec }: Resource): string {
  return writeJson(sortKeys({ refs: { ...refs }, spec }))
}

/** The key of a resource whose name is not unique: the name and a hash of its content without operational fields. */
function keyByContent({ fields }: Kind, { kind, key, spec, refs }: Resource): string {
  const stable = Object.entries(spec).filter(([name]) => !fields[name]?.operational)
  const content: Record<string, Json> = { kind, spec: Object.fromEntries(stable), refs: { ...refs } }
  const digest = createHash('sha256')
    .update(writeJson(sortKeys(content)))
    .digest('hex')
  return `${key}#${digest.slice(0, 8)}`
}
