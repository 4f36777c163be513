import { createHash } from 'node:crypto'
import { type Json, sortKeys, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Resource } from '../model.ts'
import { nameInKey } from '../ref.ts'
import { differences } from '../spec.ts'

/** A resource that has yet to get its key. */
export interface Nameless {
  readonly id: string
  readonly resource: Resource
}

/** What resources of an ambiguous kind are called. */
export interface KeyAssignment {
  /** By id. */
  readonly keys: ReadonlyMap<string, string>
  /** Wanted keys that nobody has, since several are as much like what is wanted, and one of them would not be wanted. */
  readonly unsure: readonly string[]
}

/**
 * Keys for resources of an ambiguous kind. One that has its name for itself is called by it; several are told apart by
 * a hash of their content. Where wanted resources are given, those are looked for first: the one with the same
 * content, else the one whose content gives the wanted key, else the most similar one takes it, so that changed content is
 * an update and not another resource.
 */
export function disambiguate(
  kind: Kind,
  found: readonly Nameless[],
  wanted: readonly Resource[] | undefined,
): KeyAssignment {
  const keys = new Map<string, string>()
  const unsure: string[] = []
  for (const [name, group] of byName(found)) {
    const wishes = (wanted ?? []).filter((resource) => resource.kind === kind.name && nameInKey(resource.key) === name)
    const paired = pairs(kind, wishes, group)
    for (const [nameless, wish] of paired.sure) keys.set(nameless.id, wish.key)
    unsure.push(...paired.unsure.map(({ key }) => key))
    const open = group.filter((nameless) => !paired.sure.has(nameless))
    const taken = new Set(wishes.map(({ key }) => key))
    const alone = open.length === 1 && group.length === 1 && nameInKey(name) === name
    for (const nameless of open) {
      const key = alone ? name : keyByContent(nameless.resource)
      keys.set(nameless.id, unused(key, taken))
    }
  }
  return { keys, unsure }
}

function byName(found: readonly Nameless[]): Map<string, Nameless[]> {
  const groups = new Map<string, Nameless[]>()
  for (const nameless of found) {
    // The whole of it: a name may look like a key with a discriminator.
    const name = nameless.resource.key
    groups.set(name, [...(groups.get(name) ?? []), nameless])
  }
  return groups
}

/** Two with the same content are as good as each other; the second gets the next number. */
function unused(key: string, taken: Set<string>): string {
  for (let n = 0; ; n++) {
    const candidate =
      n === 0
        ? key
        : key.replace(/[0-9a-f]{8}$/, (hex) => ((Number.parseInt(hex, 16) + n) >>> 0).toString(16).padStart(8, '0'))
    if (taken.has(candidate)) continue
    taken.add(candidate)
    return candidate
  }
}

interface Pair {
  readonly wish: Resource
  readonly nameless: Nameless
  /** At how many places they differ. */
  readonly apart: number
  /** 0 and 1: the same content; 0 and 2: the content gives the wanted key; 3: neither. */
  readonly rank: number
}

/** Which of the wanted ones each is, the surest first. */
function pairs(kind: Kind, wishes: readonly Resource[], found: readonly Nameless[]) {
  const keyed = wishes.length > 0 ? found.map((nameless) => ({ nameless, key: keyByContent(nameless.resource) })) : []
  const all = wishes.flatMap((wish) =>
    keyed.map(({ nameless, key }): Pair => {
      const apart = distance(kind, nameless.resource, wish)
      return { wish, nameless, apart, rank: (apart === 0 ? 0 : 2) + (wish.key === key ? 0 : 1) }
    }),
  )
  all.sort((a, b) => a.rank - b.rank || a.apart - b.apart)
  const sure = new Map<Nameless, Resource>()
  const settled = new Set<Resource>()
  const unsure: Resource[] = []
  for (const pair of all) {
    if (settled.has(pair.wish) || sure.has(pair.nameless)) continue
    const isLeftOver = found.length - sure.size > wishes.length - settled.size
    settled.add(pair.wish)
    if (isLeftOver && isGuess(pair, all, sure)) unsure.push(pair.wish)
    else sure.set(pair.nameless, pair.wish)
  }
  return { sure, unsure }
}

/** Whether another one that is free is as much like what is wanted. */
function isGuess(pair: Pair, all: readonly Pair[], taken: ReadonlyMap<Nameless, Resource>): boolean {
  return (
    pair.rank === 3 &&
    all.some(
      ({ wish, nameless, apart }) =>
        wish === pair.wish && nameless !== pair.nameless && apart === pair.apart && !taken.has(nameless),
    )
  )
}

function distance(kind: Kind, a: Resource, b: Resource): number {
  return differences(kind, a, b).length
}

/** The key that one of several has where nothing else says it: its name and what it holds, but for its switch. */
function keyByContent({ kind, key, spec, refs }: Resource): string {
  const content: Record<string, Json> = { kind, spec: { ...spec, enabled: true }, refs: { ...refs } }
  const digest = createHash('sha256')
    .update(writeJson(sortKeys(content)))
    .digest('hex')
  return `${key}#${digest.slice(0, 8)}`
}
