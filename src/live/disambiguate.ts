import { createHash } from 'node:crypto'
import { type Json, sortKeys, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Resource } from '../model.ts'
import { nameInKey } from '../ref.ts'
import { differences } from '../spec.ts'
import { type Candidate, type Matches, mostSimilar } from './most-similar.ts'

/** The keys of candidates. */
export interface KeyAssignment {
  /** By id. */
  readonly keys: ReadonlyMap<string, string>
  /** Wanted keys that no candidate has, since several are equally similar to the wanted resource. */
  readonly unsure: readonly string[]
}

/**
 * Assigns keys to resources of an ambiguous kind. A resource that is the only one of its name has the name as its key;
 * several of one name get a hash of their content too. Where wanted resources are given, each of them is matched first: with
 * the candidate of the same content, else with the one whose content gives the wanted key, else with the most similar one,
 * so that changed content is an update of that resource.
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
  // The whole key of a candidate is its name, even one that looks like a name with a hash.
  for (const [name, group] of groupBy(candidates, ({ resource }) => resource.key)) {
    const ofName = wantedByName.get(name) ?? []
    const matches = match(kind, ofName, group)
    for (const [candidate, resource] of matches.sure) keys.set(candidate.id, resource.key)
    unsure.push(...matches.unsure.map(({ key }) => key))
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

/** Makes keys unique: of several resources with the same content the second gets the next number, and so on. */
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

/** Matches by content, then by key, and compares only what is left with each other. */
function match(kind: Kind, wanted: readonly Resource[], candidates: readonly Candidate[]): Matches {
  const sure = new Map<Candidate, Resource>()
  if (wanted.length === 0) return { sure, unsure: [] }
  const keyed = candidates.map((candidate) => ({ candidate, key: keyByContent(kind, candidate.resource) }))
  const left = new Set(wanted)
  const take = (resource: Resource, candidate: Candidate | undefined) => {
    if (candidate === undefined || sure.has(candidate)) return
    sure.set(candidate, resource)
    left.delete(resource)
  }
  const byContentAndKey = groupBy(keyed, ({ candidate, key }) => contentOf(candidate.resource) + key)
  for (const resource of wanted)
    take(resource, byContentAndKey.get(contentOf(resource) + resource.key)?.pop()?.candidate)
  const byContent = groupBy(
    candidates.filter((candidate) => !sure.has(candidate)),
    ({ resource }) => contentOf(resource),
  )
  for (const resource of left) take(resource, byContent.get(contentOf(resource))?.pop())
  const byKey = groupBy(
    keyed.filter(({ candidate }) => !sure.has(candidate)),
    ({ key }) => key,
  )
  for (const resource of left) take(resource, nearest(kind, resource, byKey.get(resource.key) ?? []))
  const open = candidates.filter((candidate) => !sure.has(candidate))
  const rest = mostSimilar(kind, [...left], open)
  for (const [candidate, resource] of rest.sure) sure.set(candidate, resource)
  return { sure, unsure: rest.unsure }
}

/** The first of those with the fewest differences. */
function nearest(
  kind: Kind,
  resource: Resource,
  keyed: readonly { readonly candidate: Candidate }[],
): Candidate | undefined {
  const distances = keyed.map(({ candidate }) => differences(kind, candidate.resource, resource).length)
  return keyed[distances.indexOf(Math.min(...distances))]?.candidate
}

function contentOf({ refs, spec }: Resource): string {
  return writeJson(sortKeys({ refs: { ...refs }, spec }))
}

/** The key of one resource of several with its name: the name and a hash of its content, except for its switches. */
function keyByContent({ fields }: Kind, { kind, key, spec, refs }: Resource): string {
  const lasting = Object.entries(spec).filter(([name]) => !fields[name]?.operational)
  const content: Record<string, Json> = { kind, spec: Object.fromEntries(lasting), refs: { ...refs } }
  const digest = createHash('sha256')
    .update(writeJson(sortKeys(content)))
    .digest('hex')
  return `${key}#${digest.slice(0, 8)}`
}
