import type { Kind } from '../kind.ts'
import type { Resource } from '../model.ts'
import { differences } from '../spec.ts'

/** An object of the server whose key is its name, which others may have too. */
export interface Candidate {
  readonly id: string
  readonly resource: Resource
}

/** Which of the wanted resources each candidate is. */
export interface Matches {
  readonly sure: Map<Candidate, Resource>
  /** Wanted resources that could be several candidates, of which some would be left over. */
  readonly unsure: Resource[]
}

/** Comparisons that are made at most: with more, resources are matched in the order in which they come. */
const mostComparisons = 100_000

interface Pair {
  readonly resource: Resource
  readonly candidate: Candidate
  /** In how many places they differ. */
  readonly distance: number
}

/**
 * Matches each wanted resource with the candidate that differs from it in the fewest places. Where candidates would be left
 * over and several differ as little, the resource is unsure: a guess could change the wrong one.
 */
export function mostSimilar(kind: Kind, wanted: readonly Resource[], candidates: readonly Candidate[]): Matches {
  if (wanted.length * candidates.length > mostComparisons) return inOrder(wanted, candidates)
  const pairs = wanted.map((resource) =>
    candidates.map((candidate): Pair => {
      const distance = differences(kind, candidate.resource, resource).length
      return { resource, candidate, distance }
    }),
  )
  const sure = new Map<Candidate, Resource>()
  const unsure: Resource[] = []
  const settled = new Set<Resource>()
  const pairsOf = new Map(wanted.map((resource, index) => [resource, pairs[index] ?? []]))
  for (const pair of pairs.flat().sort((a, b) => a.distance - b.distance)) {
    if (settled.has(pair.resource) || sure.has(pair.candidate)) continue
    const someAreLeftOver = candidates.length - sure.size > wanted.length - settled.size
    const isGuess =
      pair.distance > 0 &&
      (pairsOf.get(pair.resource) ?? []).some(
        ({ candidate, distance }) => candidate !== pair.candidate && distance === pair.distance && !sure.has(candidate),
      )
    settled.add(pair.resource)
    if (someAreLeftOver && isGuess) unsure.push(pair.resource)
    else sure.set(pair.candidate, pair.resource)
  }
  return { sure, unsure }
}

/** Where no candidate is left over, any match ends in the wanted state; else each would be a guess. */
function inOrder(wanted: readonly Resource[], candidates: readonly Candidate[]): Matches {
  if (candidates.length > wanted.length) return { sure: new Map(), unsure: [...wanted] }
  const pairs = candidates.flatMap((candidate, index) => {
    const resource = wanted[index]
    return resource ? [[candidate, resource] as const] : []
  })
  return { sure: new Map(pairs), unsure: [] }
}
