import type { JsonObject } from '../../json.ts'
import type { Encoded, Names } from '../../kind.ts'
import type { Reader, Ref, Server } from '../../model.ts'
import { keyParts, splitRef } from '../../ref.ts'
import { atLeast, isPrefect2 } from '../../version.ts'
import { objects, readAll, readNamed, statusOf, text } from '../endpoints.ts'
import { policiesUntil, policyName, readPolicies } from './notification-policy.ts'

const path = '/automations/filter'
/** Names repeat, and the order has no tie-breaker: creation times practically never do. */
const sort = 'CREATED_DESC'

/** Reads all automations, or at least those with the wanted names; of an older server its notification policies as such. */
export async function listAutomations(
  reader: Reader,
  { version }: Server,
  wanted?: ReadonlySet<string>,
): Promise<readonly JsonObject[]> {
  const hasPolicies = !atLeast(version, policiesUntil) && (!wanted || wanted.has(policyName))
  const automations = wanted
    ? automationsNamed(reader, [...wanted])
    : readAll(reader, path, { sort }, { path: '/automations/count', body: {} })
  const switchedOff = (error: unknown) => {
    // Before 3.0 every route of automations is "not found" unless PREFECT_EXPERIMENTAL_EVENTS is set.
    if (!isPrefect2(version) || statusOf(error) !== 404) throw error
    return []
  }
  const both = await Promise.all([automations.catch(switchedOff), hasPolicies ? readPolicies(reader) : []])
  return both.flat()
}

/** The automations of these names; a name may have several. */
export function automationsNamed(reader: Reader, names: readonly string[]): Promise<JsonObject[]> {
  return readNamed(reader, path, names, (some) => ({ sort, automations: { name: { any_: some } } }), {
    each: Number.POSITIVE_INFINITY,
  })
}

/** An automation as the API gives it, in the snapshot's form. */
export function encodeAutomation(raw: JsonObject, names: Names): Encoded {
  const fields = ['description', 'tags', 'enabled', 'trigger', 'actions', 'actions_on_trigger', 'actions_on_resolve']
  return { refs: { owner: ownerOf(raw, names) }, spec: Object.fromEntries(fields.map((name) => [name, raw[name]])) }
}

/**
 * The deployment that owns an automation. No response says it: those that `prefect deploy` makes for the triggers of a
 * deployment are called `<deployment>__automation_<n>` and run just that deployment (`cli/deploy/_triggers.py`).
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
