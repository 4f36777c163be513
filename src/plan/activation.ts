import type { Json } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Resource } from '../model.ts'

/**
 * What becomes of the fields that switch work on and off. `snapshot`: as it says. `paused`: what is made is made paused
 * or disabled, and what exists keeps what it has. `keep`: what is made is as the snapshot says, and what exists keeps
 * what it has.
 */
export type Activation = 'snapshot' | 'paused' | 'keep'

/** A resource under a activation policy. */
export function underActivation(
  kind: Kind,
  resource: Resource,
  before: LiveResource | undefined,
  policy: Activation,
): Resource {
  if (policy === 'snapshot') return resource
  if (before) return keepState(kind, resource, before)
  const stopped = kind.disabledSpec
  return policy === 'paused' && stopped ? { ...resource, spec: { ...resource.spec, ...stopped } } : resource
}

/** An operational field that a snapshot does not say is neither compared nor written. */
function keepState(kind: Kind, resource: Resource, before: LiveResource): Resource {
  const spec: Record<string, Json> = {}
  for (const [name, value] of Object.entries(resource.spec)) if (!kind.fields[name]?.operational) spec[name] = value
  const kept = { ...resource, spec }
  return kind.keepActivation ? kind.keepActivation(kept, before) : kept
}

/** Whether resources of a kind can be switched on and off. */
export function isSwitch(kind: Kind): boolean {
  return Object.values(kind.fields).some(({ operational }) => operational)
}

/** A server's own resource with the switches of another, as far as that says them. */
export function withActivationOf(kind: Kind, live: Resource, wanted: Resource): Resource {
  const spec: Record<string, Json> = { ...live.spec }
  for (const [name, value] of Object.entries(wanted.spec)) if (kind.fields[name]?.operational) spec[name] = value
  const switched = { ...live, spec }
  return kind.keepActivation ? kind.keepActivation(switched, wanted) : switched
}

/** A server's own resource, switched off. */
export function halted(kind: Kind, live: Resource): Resource {
  return { ...live, spec: { ...live.spec, ...(kind.pausedSpec ?? kind.disabledSpec) } }
}
