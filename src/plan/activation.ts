import type { Json } from '../json.ts'
import { offSpec } from '../kind/switched-off.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Resource } from '../model.ts'

/**
 * How fields that switch work on and off are written. `snapshot`: as in the snapshot. `paused`: new resources are
 * created paused or disabled; existing ones keep their state. `keep`: new resources are created as in the snapshot;
 * existing ones keep their state.
 */
export type Activation = 'snapshot' | 'paused' | 'keep'

/** Applies an activation policy to a resource. */
export function underActivation(
  kind: Kind,
  resource: Resource,
  before: LiveResource | undefined,
  policy: Activation,
): Resource {
  if (policy === 'snapshot') return resource
  if (before) return keepState(kind, resource, before)
  const disabledSpec = kind.disabledSpec
  return policy === 'paused' && disabledSpec ? { ...resource, spec: { ...resource.spec, ...disabledSpec } } : resource
}

/** Operational fields that a snapshot does not set are neither compared nor written. */
function keepState(kind: Kind, resource: Resource, before: LiveResource): Resource {
  const spec: Record<string, Json> = {}
  for (const [name, value] of Object.entries(resource.spec)) if (!kind.fields[name]?.operational) spec[name] = value
  const withoutState = { ...resource, spec }
  return kind.keepActivation ? kind.keepActivation(withoutState, before) : withoutState
}

/** Whether resources of a kind can be switched on and off. */
export function isSwitchable(kind: Kind): boolean {
  return Object.values(kind.fields).some(({ operational }) => operational)
}

/** Copies the operational fields of `wanted` to a server's resource. */
export function withActivationOf(kind: Kind, live: Resource, wanted: Resource): Resource {
  const spec: Record<string, Json> = { ...live.spec }
  for (const [name, value] of Object.entries(wanted.spec)) if (kind.fields[name]?.operational) spec[name] = value
  const switched = { ...live, spec }
  return kind.keepActivation ? kind.keepActivation(switched, wanted) : switched
}

/**
 * Switches a server's resource on where `wanted` is on. What is off in `wanted` stays as it is on the server, on or off.
 */
export function activatedAs(kind: Kind, live: Resource, wanted: Resource): Resource {
  const off = offSpec(kind)
  const on = Object.entries(wanted.spec).filter(
    ([name, value]) => kind.fields[name]?.operational && off[name] !== value,
  )
  const switched = { ...live, spec: { ...live.spec, ...Object.fromEntries(on) } }
  return kind.keepActivation ? kind.keepActivation(switched, wanted, 'on') : switched
}

/** Switches a server's resource off. */
export function paused(kind: Kind, live: Resource): Resource {
  return { ...live, spec: { ...live.spec, ...offSpec(kind) } }
}
