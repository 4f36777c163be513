import { withDependencies } from '../graph/closure.ts'
import { edgeFinder } from '../graph/edges.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'

/** The members of a wave, by their names at the new side. */
export interface WaveMembers {
  readonly name: string
  readonly members: ReadonlySet<Ref>
}

/** A member of one wave that refers to a member of another one. */
export interface WaveLink {
  readonly from: Ref
  readonly fromWave: string
  readonly to: Ref
  readonly toWave: string
}

/** How waves depend on each other. */
export interface WaveLinks {
  readonly links: readonly WaveLink[]
  /** What the members of each wave need, and is no member itself: flows, pools, queues, limits, blocks, variables. */
  readonly needs: ReadonlyMap<string, readonly Ref[]>
  /** What more than one wave needs. */
  readonly shared: readonly { readonly ref: Ref; readonly waves: readonly string[] }[]
}

/** Finds the links between waves, from the references among their resources. Pure. */
export function linksBetween(
  waves: readonly WaveMembers[],
  resources: readonly Resource[],
  kinds: readonly Kind[],
): WaveLinks {
  const waveOf = new Map<Ref, string>(waves.flatMap(({ name, members }) => [...members].map((ref) => [ref, name])))
  const switched = new Set(kinds.filter(({ disabledSpec }) => disabledSpec).map(({ name }) => name))
  const own = resources.filter(({ kind }) => !switched.has(kind))
  const needs = new Map<string, readonly Ref[]>()
  const users = new Map<Ref, string[]>()
  for (const { name, members } of waves) {
    // What other members need is of their wave: references to them are links.
    const candidates = [...own, ...resources.filter((resource) => members.has(refOf(resource)))]
    const needed = withDependencies(candidates, kinds, (resource) => members.has(refOf(resource)))
    const refs = needed.filter((resource) => !members.has(refOf(resource)) && !isBuiltin(resource, kinds)).map(refOf)
    needs.set(name, refs)
    for (const ref of refs) users.set(ref, [...(users.get(ref) ?? []), name])
  }
  return {
    links: linksIn(resources, waveOf, kinds),
    needs,
    shared: [...users].flatMap(([ref, waves]) => (waves.length > 1 ? [{ ref, waves }] : [])),
  }
}

function linksIn(resources: readonly Resource[], waveOf: ReadonlyMap<Ref, string>, kinds: readonly Kind[]): WaveLink[] {
  const edgesOf = edgeFinder(kinds)
  return resources.flatMap((resource): WaveLink[] => {
    const from = refOf(resource)
    const fromWave = waveOf.get(from)
    if (fromWave === undefined) return []
    const targets = new Set(edgesOf(resource).map(({ to }) => to))
    return [...targets].flatMap((to): WaveLink[] => {
      const toWave = waveOf.get(to)
      return toWave === undefined || toWave === fromWave ? [] : [{ from, fromWave, to, toWave }]
    })
  })
}

function isBuiltin(resource: Resource, kinds: readonly Kind[]): boolean {
  return kinds.find(({ name }) => name === resource.kind)?.builtin?.(resource) === true
}

/** Waves in an order in which they can be cut over: each after those that it waits for, otherwise as they are written. */
export function inTurn<W extends { readonly name: string; readonly after: readonly string[] }>(
  waves: readonly W[],
): W[] {
  const done = new Set<string>()
  const left = [...waves]
  const ordered: W[] = []
  while (left.length > 0) {
    const index = Math.max(
      0,
      left.findIndex(({ after }) => after.every((name) => done.has(name))),
    )
    for (const wave of left.splice(index, 1)) {
      ordered.push(wave)
      done.add(wave.name)
    }
  }
  return ordered
}
