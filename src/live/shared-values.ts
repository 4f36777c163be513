import { isObject, type Json } from '../json.ts'
import { listAt } from '../list-at.ts'
import type { Resource } from '../model.ts'
import type { Candidate, Matches } from './candidate.ts'

/** A value that more candidates than this have does not tell them apart. */
const maxSharing = 20

/** A wanted resource, a candidate, and the number of values that few others have and both of them do. */
interface Pair {
  readonly resource: Resource
  readonly candidate: Candidate
  readonly shared: number
}

/**
 * Matches each wanted resource with the candidate that shares most of its rare values: values at the same place, which
 * at most 20 candidates have. The time is linear in the sizes of the resources. If there are more candidates than
 * resources, a resource is unsure unless one candidate alone shares most. Otherwise the rest is matched in the given
 * order, since any match ends in the wanted state.
 */
export function matchByValues(wanted: readonly Resource[], candidates: readonly Candidate[]): Matches {
  const pairs = rarePairs(wanted, candidates).sort((a, b) => b.shared - a.shared)
  const hasSurplus = candidates.length > wanted.length
  const best = new Map<Resource, Pair[]>()
  for (const pair of pairs)
    if (pair.shared === (best.get(pair.resource)?.[0]?.shared ?? pair.shared)) listAt(best, pair.resource).push(pair)
  const sure = new Map<Candidate, Resource>()
  const decided = new Set<Resource>()
  for (const { resource, candidate, shared } of pairs) {
    if (decided.has(resource) || sure.has(candidate)) continue
    const equal = (best.get(resource) ?? []).filter((pair) => pair.shared === shared && !sure.has(pair.candidate))
    if (hasSurplus && equal.length !== 1) continue
    decided.add(resource)
    sure.set(candidate, resource)
  }
  const rest = wanted.filter((resource) => !decided.has(resource))
  if (hasSurplus) return { sure, unsure: rest }
  const free = candidates.filter((candidate) => !sure.has(candidate))
  for (const [index, candidate] of free.entries()) {
    const resource = rest[index]
    if (resource) sure.set(candidate, resource)
  }
  return { sure, unsure: [] }
}

function rarePairs(wanted: readonly Resource[], candidates: readonly Candidate[]): Pair[] {
  const having = new Map<string, Candidate[]>()
  for (const candidate of candidates)
    for (const value of valuesOf(candidate.resource)) listAt(having, value).push(candidate)
  return wanted.flatMap((resource) => {
    const shared = new Map<Candidate, number>()
    for (const value of valuesOf(resource)) {
      const found = having.get(value) ?? []
      if (found.length <= maxSharing)
        for (const candidate of found) shared.set(candidate, (shared.get(candidate) ?? 0) + 1)
    }
    return [...shared].map(([candidate, count]): Pair => ({ resource, candidate, shared: count }))
  })
}

/** The scalars of a resource with their places, as texts without duplicates. */
function valuesOf({ refs, spec }: Resource): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (value: Json, place: string) => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, `${place}/${index}`)
    else if (isObject(value)) for (const [key, item] of Object.entries(value)) visit(item, `${place}/${key}`)
    else found.add(`${place} ${typeof value} ${String(value)}`)
  }
  visit({ refs: { ...refs }, spec }, '')
  return found
}

/** The number of scalars in resources. */
export function sizeOf(resources: readonly Resource[]): number {
  return resources.reduce((sum, resource) => sum + valuesOf(resource).size, 0)
}
