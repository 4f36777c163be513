import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { type Edge, edgeFinder } from './edges.ts'

/** A dependency of one resource on another. Several references in one document are one dependency. */
export interface Dependency {
  readonly from: Ref
  readonly to: Ref
  readonly via: Edge['via']
  /** `to` also depends on `from`, directly or indirectly. */
  readonly cycle?: true
}

const strength = { field: 0, token: 1, name: 2 } as const

/**
 * The dependencies among these resources and on `external` ones, in the order of the resources. Dependencies on other
 * resources are omitted.
 */
export function dependenciesOf(
  resources: readonly Resource[],
  kinds: readonly Kind[],
  external: Iterable<Ref> = [],
): Dependency[] {
  const edgesOf = edgeFinder(kinds)
  const known = new Set([...resources.map(refOf), ...external])
  const needs = resources.flatMap((resource): Dependency[] => {
    const found = new Map<Ref, Dependency>()
    for (const { from, to, via } of edgesOf(resource)) {
      const other = found.get(to)
      if (known.has(to) && (!other || strength[via] < strength[other.via])) found.set(to, { from, to, via })
    }
    return [...found.values()]
  })
  const cycleOf = cycles(needs)
  return needs.map((need) => {
    const cycle = cycleOf.get(need.from)
    return cycle !== undefined && cycle === cycleOf.get(need.to) ? { ...need, cycle: true } : need
  })
}

/** The resources within `depth` steps of `start` along dependencies or against them, including `start`. */
export function reachable(
  start: readonly Ref[],
  needs: readonly Dependency[],
  towards: 'needs' | 'needed-by',
  depth = Number.POSITIVE_INFINITY,
): Set<Ref> {
  const next = adjacency(needs, towards === 'needs')
  const found = new Set(start)
  let front = [...start]
  for (let distance = 0; distance < depth && front.length > 0; distance++) {
    front = front.flatMap((ref) => next.get(ref) ?? []).filter((ref) => !found.has(ref) && found.add(ref))
  }
  return found
}

function adjacency(needs: readonly Dependency[], forward: boolean): Map<Ref, Ref[]> {
  const out = new Map<Ref, Ref[]>()
  for (const { from, to } of needs) {
    const [a, b] = forward ? [from, to] : [to, from]
    const list = out.get(a)
    if (list) list.push(b)
    else out.set(a, [b])
  }
  return out
}

/**
 * The number of the cycle that each resource is on: its strongly connected component (Kosaraju). Iterative, because a chain
 * may be longer than the stack.
 */
function cycles(needs: readonly Dependency[]): Map<Ref, number> {
  const [forward, back] = [adjacency(needs, true), adjacency(needs, false)]
  const finished: Ref[] = []
  const seen = new Set<Ref>()
  for (const start of forward.keys()) walk(start, forward, seen, (ref) => finished.push(ref))
  const members = new Map<Ref, number>()
  const placed = new Set<Ref>()
  const selfReferring = new Set(needs.filter(({ from, to }) => from === to).map(({ from }) => from))
  for (const [number, start] of finished.toReversed().entries()) {
    const component: Ref[] = []
    walk(start, back, placed, (ref) => component.push(ref))
    if (component.length > 1 || selfReferring.has(start)) for (const ref of component) members.set(ref, number)
  }
  return members
}

/** Depth-first search; `done` is called for each resource in post-order. */
function walk(start: Ref, next: ReadonlyMap<Ref, readonly Ref[]>, seen: Set<Ref>, done: (ref: Ref) => void): void {
  if (seen.has(start)) return
  seen.add(start)
  const stack = [{ ref: start, rest: [...(next.get(start) ?? [])] }]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const to = top.rest.pop()
    if (to === undefined) {
      done(top.ref)
      stack.pop()
    } else if (!seen.has(to)) {
      seen.add(to)
      stack.push({ ref: to, rest: [...(next.get(to) ?? [])] })
    }
  }
}
