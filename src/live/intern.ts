import { type Json, sameJson } from '../json.ts'
import type { LiveResource, Resource } from '../model.ts'

/**
 * Replaces field values of a server's resource with the equal values of another resource. Each value is then in memory
 * once, and a later comparison finds the two identical at once. Runs while the next page is being fetched.
 */
export function internSpec(live: LiveResource, other: Resource | undefined): LiveResource {
  if (!other) return live
  const spec: Record<string, Json> = {}
  for (const [name, value] of Object.entries(live.spec)) {
    const interned = other.spec[name]
    spec[name] = interned !== undefined && sameJson(value, interned) ? interned : value
  }
  return { ...live, spec }
}
