import type { Kind } from '../kind.ts'
import type { Resource } from '../model.ts'
import { differences } from '../spec/differences.ts'
import type { Candidate, Matches } from './candidate.ts'
import { matchByValues, sizeOf } from './shared-values.ts'

/**
 * The maximum number of scalars to compare, if each wanted resource is compared with each candidate. With more, which are
 * hundreds of changed resources of one name, they are matched by the values that few of them have.
 */
const maxCompared = 500_000

interface Pair {
  readonly resource: Resource
  readonly candidate: Candidate
  /** The number of differing fields. */
  readonly distance: number
}

/**
 * Matches each wanted resource with the candidate that has the fewest differences. If there are more candidates than
 * resources and several are equally similar, the resource is unsure: a guess could change the wrong object.
 */
export function mostSimilar(kind: Kind, wanted: readonly Resource[], candidates: readonly Candidate[]): Matches {
  if (wanted.length * sizeOf(candidates.map(({ resource }) => resource)) > maxCompared)
    return matchByValues(wanted, candidates)
  const pairs = wanted.map((resource) =>
    candidates.map((candidate): Pair => {
      const distance = differences(kind, candidate.resource, resource).length
      return { resource, candidate, distance }
    }),
  )
  const sure = new Map<Candidate, Resource>()
  const unsure: Resource[] = []
  const decided = new Set<Resource>()
  const pairsOf = new Map(wanted.map((resource, index) => [resource, pairs[index] ?? []]))
  for (const pair of pairs.flat().sort((a, b) => a.distance - b.distance)) {
    if (decided.has(pair.resource) || sure.has(pair.candidate)) continue
    const hasSurplus = candidates.length - sure.size > wanted.length - decided.size
    const isGuess =
      pair.distance > 0 &&
      (pairsOf.get(pair.resource) ?? []).some(
        ({ candidate, distance }) => candidate !== pair.candidate && distance === pair.distance && !sure.has(candidate),
      )
    decided.add(pair.resource)
    if (hasSurplus && isGuess) unsure.push(pair.resource)
    else sure.set(pair.candidate, pair.resource)
  }
  return { sure, unsure }
}
