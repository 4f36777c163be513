import { isObject, type Json, type JsonObject } from '../../json.ts'
import type { Resource } from '../../model.ts'
import { nameInKey, type Ref, refOf } from '../../ref.ts'
import { tokenOf, tokensToIds } from '../../token.ts'
import type { Losses } from '../losses.ts'
import { hasTemplate, literal } from './literal-templates.ts'
import { hasBlockReference, refsOf } from './unresolved.ts'

/** What a trigger of prefect.yaml says of its action (`BaseDeploymentTrigger` in `events/schemas/deployment_triggers.py`). */
const ofAction = ['parameters', 'job_variables', 'schedule_after'] as const

/**
 * An automation that a deployment owns, as a trigger of its definition; undefined if a trigger cannot say it. The deploy gives
 * it an action that runs the deployment.
 */
export function deployTrigger(automation: Resource, owner: Ref, losses: Losses): Json | undefined {
  const reason = obstacle(automation, owner)
  if (reason !== undefined) {
    losses.whole(automation, reason)
    return undefined
  }
  const { trigger, actions, description, enabled } = automation.spec
  const action = Array.isArray(actions) ? (actions[0] as JsonObject) : {}
  const { parameters, ...rest } = Object.fromEntries(
    ofAction.flatMap((name) => (action[name] === undefined ? [] : [[name, action[name]]])),
  ) as Record<string, Json>
  return {
    name: literal(nameInKey(automation.key)),
    ...(description === undefined || description === '' ? {} : { description: literal(description) }),
    enabled: enabled ?? true,
    ...(literal(plain(trigger ?? {})) as JsonObject),
    // These are filled in when the trigger fires, so that a deploy leaves their templates alone.
    ...(parameters === undefined ? {} : { parameters: plain(parameters) }),
    ...(literal(plain(rest)) as JsonObject),
  }
}

/** The value with the escapes of tokens undone. It has no tokens. */
function plain(value: Json): Json {
  return tokensToIds(value, () => '' as never)
}

function obstacle({ spec, secrets }: Resource, owner: Ref): string | undefined {
  const { trigger = null, actions, actions_on_trigger, actions_on_resolve, tags } = spec
  if (Array.isArray(tags) && tags.length > 0) return 'a trigger of a deployment has no tags'
  const others = [actions_on_trigger, actions_on_resolve].some((list) => Array.isArray(list) && list.length > 0)
  const [action, ...more] = Array.isArray(actions) ? actions.filter(isObject) : []
  const runs = action?.type === 'run-deployment' && action.deployment_id === tokenOf(owner)
  if (others || more.length > 0 || !runs) return 'a trigger of a deployment can only run this deployment'
  if (Object.keys(secrets).length > 0) return 'a trigger of a deployment cannot have secrets'
  const { type: _type, source, deployment_id: _id, ...said } = action
  if (source !== undefined && source !== 'selected') return 'a trigger of a deployment can only run this deployment'
  const unknown = Object.keys(said).find((name) => !(ofAction as readonly string[]).includes(name))
  if (unknown !== undefined) return `a trigger of a deployment cannot say ${unknown} of its action`
  const [ref] = refsOf([trigger, said])
  if (ref !== undefined) return `a trigger of a deployment cannot contain an ID, here that of ${ref}`
  if (hasBlockReference([trigger, said]))
    return 'a deploy would replace a reference to a block by the content of the block'
  return replacedInParameters(said.parameters ?? null)
}

/** Only the last pass of a deploy undoes the escape, and it passes over the parameters of triggers. */
function replacedInParameters(parameters: Json): string | undefined {
  const text = JSON.stringify(parameters)
  return hasTemplate(parameters) && /\{\{\s*prefect\.(blocks|variables)\./.test(text)
    ? 'a deploy would fill in the block or variable that the parameters name'
    : undefined
}

/** How `prefect deploy` names the automation of a trigger that has no name. */
const unnamed = /__automation_\d+$/

/**
 * The automations that a deployment owns, by its ref. A server does not say who owns an automation, so one that somebody has
 * named and that no trigger can say is taken for one that was made by hand.
 */
export function triggersByOwner(resources: readonly Resource[]): ReadonlyMap<Ref, readonly Resource[]> {
  const deployments = new Set(resources.filter(({ kind }) => kind === 'deployment').map(refOf))
  const found = new Map<Ref, Resource[]>()
  for (const resource of resources) {
    const { owner } = resource.refs
    if (resource.kind !== 'automation' || owner === undefined || !deployments.has(owner)) continue
    if (!unnamed.test(nameInKey(resource.key)) && obstacle(resource, owner) !== undefined) continue
    found.set(owner, [...(found.get(owner) ?? []), resource])
  }
  return found
}
