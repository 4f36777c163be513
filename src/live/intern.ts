import { type Json, sameJson } from '../json.ts'
import type { LiveResource, Resource } from '../model.ts'

/**
 * Replaces the fields of a server's resource that equal those of another resource by the other's own values. They are held
 * once, and a later comparison finds them identical at once; this one takes place while the server is busy with the next page.
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
