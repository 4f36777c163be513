import type { JsonObject } from '../../json.ts'
import type { Encoded, Names } from '../../kind.ts'
import type { Reader, Ref, Server } from '../../model.ts'
import { keyParts, splitRef } from '../../ref.ts'
import { atLeast, isPrefect2 } from '../../version.ts'
import { objects, readAll, readNamed, statusOf, text } from '../endpoints.ts'
import { policiesUntil, policyName, readPolicies } from './notification-policy.ts'

const path = '/automations/filter'
/** Names are not unique, and the order has no tie-breaker, but creation times practically never collide. */
const sort = 'CREATED_DESC'

/**
 * Reads all automations, or at least those with the wanted names; on an older server, also its notification policies.
 */
export async function listAutomations(
  reader: Reader,
  { version }: Server,
  wanted?: ReadonlySet<string>,
): Promise<readonly JsonObject[]> {
  const hasPolicies = !atLeast(version, policiesUntil) && (!wanted || wanted.has(policyName))
  const automations = wanted
    ? automationsNamed(reader, [...wanted])
    : readAll(reader, path, { sort }, { path: '/automations/count', body: {} })
  const emptyIfDisabled = (error: unknown) => {
    // Before 3.0, the routes of automations return 404 unless PREFECT_EXPERIMENTAL_EVENTS is set.
    if (!isPrefect2(version) || statusOf(error) !== 404) throw error
    return []
  }
  const both = await Promise.all([automations.catch(emptyIfDisabled), hasPolicies ? readPolicies(reader) : []])
  return both.flat()
}

/** The automations with these names, which need not be unique. */
export function automationsNamed(reader: Reader, names: readonly string[]): Promise<JsonObject[]> {
  return readNamed(reader, path, names, (some) => ({ sort, automations: { name: { any_: some } } }), {
    each: Number.POSITIVE_INFINITY,
  })
}

/** Encodes an API object as an automation. */
export function encodeAutomation(raw: JsonObject, names: Names): Encoded {
  const fields = ['description', 'tags', 'enabled', 'trigger', 'actions', 'actions_on_trigger', 'actions_on_resolve']
  return { refs: { owner: ownerOf(raw, names) }, spec: Object.fromEntries(fields.map((name) => [name, raw[name]])) }
}

/**
 * The deployment that owns an automation. No response contains it: automations that `prefect deploy` creates for the
 * triggers of a deployment are named `<deployment>__automation_<n>` and only run that deployment
 * (`cli/deploy/_triggers.py`).
 */
function ownerOf(raw: JsonObject, names: Names): Ref | undefined {
  const [action, ...more] = objects(raw.actions)
  if (!action || more.length > 0 || action.type !== 'run-deployment') return undefined
  const ref = names.refOf(action.deployment_id)
  if (!ref) return undefined
  const [, deployment = ''] = keyParts(splitRef(ref).key)
  return text(raw, 'name').replace(/__automation_\d+$/, '') === deployment &&
    /__automation_\d+$/.test(text(raw, 'name'))
    ? ref
    : undefined
}
