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

/**
 * Keys for resources of an ambiguous kind. One that has its name for itself is called by it; several are told apart by
 * a hash of their content. Where wanted resources are given, those are looked for first: the one with the same
 * content, else the most similar one, takes the wanted key, so that changed content is an update and not another resource.
 */
export function distinguish(
  kind: Kind,
  found: readonly Nameless[],
  wanted: readonly Resource[] | undefined,
): Map<string, string> {
  const keys = new Map<string, string>()
  for (const [name, group] of byName(found)) {
    const open = new Set(group)
    const wishes = (wanted ?? []).filter((resource) => resource.kind === kind.name && nameInKey(resource.key) === name)
    for (const { wish, nameless } of pairs(kind, wishes, [...open])) {
      keys.set(nameless.id, wish.key)
      open.delete(nameless)
    }
    const taken = new Set(wishes.map(({ key }) => key))
    const alone = open.size === 1 && group.length === 1 && nameInKey(name) === name
    for (const nameless of open) {
      const key = alone ? name : `${name}#${digest(nameless.resource)}`
      keys.set(nameless.id, unused(key, taken))
    }
  }
  return keys
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

function* pairs(kind: Kind, wishes: readonly Resource[], found: Nameless[]) {
  const distances = wishes.flatMap((wish) =>
    found.map((nameless) => ({ wish, nameless, distance: distance(kind, nameless.resource, wish) })),
  )
  distances.sort((a, b) => a.distance - b.distance)
  const used = new Set<unknown>()
  for (const { wish, nameless } of distances) {
    if (used.has(wish) || used.has(nameless)) continue
    used.add(wish).add(nameless)
    yield { wish, nameless }
  }
}

function distance(kind: Kind, a: Resource, b: Resource): number {
  return differences(kind, a, b).length
}

function digest({ kind, spec, refs }: Resource): string {
  const content: Record<string, Json> = { kind, spec: { ...spec, enabled: true }, refs: { ...refs } }
  return createHash('sha256')
    .update(writeJson(sortKeys(content)))
    .digest('hex')
    .slice(0, 8)
}
