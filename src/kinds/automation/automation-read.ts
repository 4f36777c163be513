import type { JsonObject } from '../../json.ts'
import type { Encoded, Names } from '../../kind.ts'
import type { Reader, Ref, Server } from '../../model.ts'
import { keyParts, splitRef } from '../../ref.ts'
import { atLeast, isPrefect2 } from '../../version.ts'
import { detailOf, list, objects, statusOf, text } from '../endpoints.ts'
import { readAll, readNamed } from '../read-list.ts'
import { withoutOwnBlocks } from './cloud-parts.ts'
import { policiesUntil, policyName, readPolicies } from './notification-policy.ts'
import { normalizeTrigger } from './trigger.ts'

const path = '/automations/filter'
/** Names are not unique, and the order has no tie-breaker, but creation times practically never collide. */
const sort = 'CREATED_DESC'

/** What the routes of automations answer before 3.0, with 404, unless PREFECT_EXPERIMENTAL_EVENTS is set. */
const isDisabled = /^Not Found$|^Automations are not enabled\b/

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
    if (!isPrefect2(version) || statusOf(error) !== 404 || !isDisabled.test(detailOf(error) ?? '')) throw error
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
  const fields = ['description', 'tags', 'enabled', 'trigger']
  const actions = ['actions', 'actions_on_trigger', 'actions_on_resolve']
  const spec = {
    ...Object.fromEntries(fields.map((name) => [name, raw[name]])),
    ...Object.fromEntries(actions.map((name) => [name, withoutOwnBlocks(raw[name], names)])),
  }
  // The IDs of the triggers themselves are no references.
  const trigger = raw.trigger === undefined ? undefined : normalizeTrigger(raw.trigger)
  return { refs: { owner: ownerOf(raw, names) }, spec: { ...spec, trigger } }
}

/** What Prefect calls the automation of a trigger without a name of its own: `<deployment>__automation_<n>`. */
const unnamed = /^(.*)__automation_\d+$/s

/** Whether a name is one that Prefect gives to a trigger of a deployment. */
export function isUnnamedTrigger(name: string): boolean {
  return unnamed.test(name)
}

/**
 * The deployment that owns an automation. No response contains it. A client that deploys a flow creates an automation for
 * each trigger, which only runs that deployment and has no tags (`as_automation` in `events/schemas/automations.py`), and
 * deletes those of the previous deploy. An automation that was created by hand can look the same; the plan says so.
 */
function ownerOf(raw: JsonObject, names: Names): Ref | undefined {
  const [action, ...more] = ['actions', 'actions_on_trigger', 'actions_on_resolve'].flatMap((name) =>
    objects(raw[name]),
  )
  if (!action || more.length > 0 || action.type !== 'run-deployment' || action.source === 'inferred') return undefined
  const ref = names.refOf(action.deployment_id)
  if (!ref || list(raw.tags).length > 0) return undefined
  const [, of] = unnamed.exec(text(raw, 'name')) ?? []
  return of === undefined || of === keyParts(splitRef(ref).key)[1] ? ref : undefined
}
