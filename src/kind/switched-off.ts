import type { JsonObject, Pointer } from '../json.ts'
import type { FieldChange, Resource } from '../model.ts'

/** What kinds say of resources that are off. */
interface Switched {
  readonly disabledSpec?: JsonObject
  readonly pausedSpec?: JsonObject
}

/** The fields of a resource that is paused or disabled. */
export function offSpec({ pausedSpec, disabledSpec }: Switched): JsonObject {
  return pausedSpec ?? disabledSpec ?? {}
}

/** Whether a resource is off by a field of its own, not only in parts such as schedules. */
export function isOff(kind: Switched, { spec }: Pick<Resource, 'spec'>): boolean {
  return Object.entries(offSpec(kind)).some(([name, value]) => spec[name] === value)
}

/** A resource after an update: a field that switches work and is absent stays as it is on the server. */
export function withKeptState(
  { fields }: { readonly fields: Readonly<Record<string, { readonly operational?: unknown }>> },
  before: Resource,
  after: Resource,
): Resource {
  const kept = Object.entries(before.spec).filter(([name]) => fields[name]?.operational)
  return { ...after, spec: { ...Object.fromEntries(kept), ...after.spec } }
}

/** Whether an update switches a resource on or off; undefined if it stays as it is. */
export function switchOf(kind: Switched, fields: readonly FieldChange[]): 'on' | 'off' | undefined {
  const changed = new Map<Pointer, FieldChange>(fields.map((field) => [field.pointer, field]))
  for (const [name, value] of Object.entries(offSpec(kind))) {
    const field = changed.get(`/spec/${name}`)
    if (field) return field.after === value ? 'off' : 'on'
  }
  return undefined
}
