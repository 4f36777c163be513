import { type Json, sameJson } from '../json.ts'
import type { LiveResource, Resource } from '../model.ts'

/**
 * A server's resource with those fields that are the same as another one's being that one's own values: what was compared
 * here, while the server was busy with the next page, is known to be the same at a glance later, and held once.
 */
export function internSpec(live: LiveResource, other: Resource | undefined): LiveResource {
  if (!other) return live
  const spec: Record<string, Json> = {}
  for (const [name, value] of Object.entries(live.spec)) {
    const its = other.spec[name]
    spec[name] = its !== undefined && sameJson(value, its) ? its : value
  }
  return { ...live, spec }
}
