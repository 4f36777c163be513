import { isNumber, isObject, type Json, type JsonObject, step, withValue } from '../../json.ts'
import type { Ref, Resource } from '../../model.ts'
import { keyParts, splitRef } from '../../ref.ts'
import { tokensToIds } from '../../token.ts'
import type { Losses } from '../losses.ts'
import { deploySchedules } from './deploy-schedules.ts'
import { environmentTemplate, hasTemplate, literal } from './literal-templates.ts'
import { hasBlockReference, refsOf } from './unresolved.ts'

/** What the definition of a deployment depends on besides the deployment. */
export interface Surroundings {
  readonly pool?: Resource | undefined
  readonly triggers: readonly Json[]
  readonly losses: Losses
}

/** Why `prefect deploy` could not create a deployment; undefined if it can. */
export function deployObstacle({ key, refs, spec }: Resource, pool: Resource | undefined): string | undefined {
  const name = nameOf(key)
  const { entrypoint } = spec
  if (!refs.queue) return '"prefect deploy" creates no deployment without a work pool'
  if (pool?.spec.type === 'prefect-agent') return '"prefect deploy" creates no deployment for a work pool of agents'
  if (typeof entrypoint !== 'string' || entrypoint === '')
    return '"prefect deploy" creates no deployment without an entrypoint'
  if (name.endsWith('.py')) return '"prefect deploy" takes .py off the end of a name'
  const { pool: poolName } = queueOf(refs.queue)
  const isFilledIn = hasTemplate([entrypoint, poolName])
  return isFilledIn
    ? '"prefect deploy" would fill in the braces in the entrypoint or in the name of the pool'
    : undefined
}

/** A deployment as prefect.yaml defines it. The order of the fields is that of Prefect's documentation. */
export function deployDefinition(resource: Resource, { pool, triggers, losses }: Surroundings): JsonObject {
  const { key, spec, refs } = resource
  const { pool: poolName, queue } = queueOf(refs.queue ?? 'work-queue/')
  const isDefault = pool !== undefined && queue === (pool.spec.default_queue ?? 'default')
  const held = (field: 'parameters' | 'job_variables') => heldEntries(resource, field, losses)
  const ofSchedule = (parameters: JsonObject) => entriesOf(resource, parameters, 'schedule parameter', losses)
  noteFields(resource, losses)
  const limit = limitOf(resource, losses)
  return {
    name: literal(nameOf(key)),
    // The CLI takes the name from the code; people and readers of the file do not have that.
    flow_name: literal(keyParts(key)[0] ?? ''),
    ...(typeof spec.description === 'string' && spec.description !== ''
      ? { description: literal(spec.description) }
      : {}),
    ...(typeof spec.version === 'string' && spec.version !== '' ? { version: literal(spec.version) } : {}),
    ...(Array.isArray(spec.tags) && spec.tags.length > 0 ? { tags: literal(spec.tags) } : {}),
    entrypoint: spec.entrypoint ?? null,
    parameters: held('parameters'),
    // Without it, a deploy over a deployment that has it the other way would not change it.
    enforce_parameter_schema: spec.enforce_parameter_schema ?? true,
    work_pool: {
      name: poolName,
      ...(isDefault ? {} : { work_queue_name: literal(queue) }),
      job_variables: held('job_variables'),
    },
    schedules: deploySchedules(resource, losses, ofSchedule),
    paused: spec.paused ?? false,
    ...(limit === undefined ? {} : { concurrency_limit: limit }),
    ...(triggers.length > 0 ? { triggers } : {}),
    build: null,
    push: null,
    pull: pullSteps(resource, losses),
  }
}

/** The name of a deployment, from its key. */
export function nameOf(key: string): string {
  return keyParts(key)[1] ?? ''
}

function queueOf(ref: Ref): { readonly pool: string; readonly queue: string } {
  const [pool = '', queue = ''] = keyParts(splitRef(ref).key)
  return { pool, queue }
}

/** Notes the fields that prefect.yaml does not have. */
function noteFields(resource: Resource, losses: Losses): void {
  const { spec, refs } = resource
  if (isObject(spec.labels) && Object.keys(spec.labels).length > 0) losses.part(resource, 'the labels')
  if (typeof spec.path === 'string') losses.part(resource, 'the path')
  if (refs.storage || refs.infrastructure) losses.part(resource, 'the storage and infrastructure blocks')
  if (typeof spec.version !== 'string' || spec.version === '')
    losses.part(resource, 'the absence of a version, in the place of which "prefect deploy" sets that of the flow')
  if (typeof spec.description !== 'string' || spec.description === '')
    losses.part(resource, 'the absence of a description, in the place of which "prefect deploy" sets that of the flow')
}

/** The concurrency limit: a number, or a mapping if it says what happens to further runs. */
function limitOf(resource: Resource, losses: Losses): Json | undefined {
  const { concurrency_limit: own = null, concurrency_options: options } = resource.spec
  if (resource.refs.limit) losses.part(resource, 'the global concurrency limit that it shares')
  if (isObject(own)) losses.part(resource, 'a concurrency limit that is inactive, decays or is not above 0')
  const limit = isNumber(own) ? own : null
  if (!isObject(options)) return limit ?? undefined
  if (options.other !== undefined) losses.part(resource, 'concurrency options that only newer servers have')
  const { collision_strategy, grace_period_seconds } = options
  if (collision_strategy === undefined) return limit ?? undefined
  return { limit, collision_strategy, ...(grace_period_seconds === undefined ? {} : { grace_period_seconds }) }
}

/** The parameters or job variables that a definition can hold, secrets as environment variables. */
function heldEntries(resource: Resource, field: 'parameters' | 'job_variables', losses: Losses): Json {
  const value = resource.spec[field]
  const entries = isObject(value) ? value : {}
  const what = field === 'parameters' ? 'parameter' : 'job variable'
  return withSecrets(resource, `/${field}`, entriesOf(resource, entries, what, losses))
}

function entriesOf(resource: Resource, entries: JsonObject, what: string, losses: Losses): Json {
  const kept = Object.entries(entries).filter(([name, value]) => {
    const [ref] = refsOf(value)
    if (ref !== undefined) losses.part(resource, `the ${what} ${name}, which has the ID of ${ref}`)
    else if (hasBlockReference(value))
      losses.part(resource, `the ${what} ${name}, whose "$ref" a deploy would replace by the content of a block`)
    return ref === undefined && !hasBlockReference(value)
  })
  return literal(tokensToIds(Object.fromEntries(kept), () => '' as never))
}

/** Fills in the secrets of a field. */
function withSecrets(resource: Resource, field: string, value: Json): Json {
  let out = value
  for (const [pointer, placeholder] of Object.entries(resource.secrets)) {
    if (pointer.startsWith(`${field}/`) && 'env' in placeholder)
      out = withValue(out, pointer.slice(field.length), environmentTemplate(placeholder.env))
  }
  return out
}

/** The pull steps. A deploy leaves their templates to the worker, except for variables of its own environment. */
function pullSteps(resource: Resource, losses: Losses): Json {
  const { pull_steps } = resource.spec
  if (!Array.isArray(pull_steps)) return []
  const kept = pull_steps.filter((item, index) => {
    const [ref] = refsOf(item)
    if (ref === undefined) return true
    losses.part(resource, `pull step ${index + 1}, which has the ID of ${ref}`)
    return false
  })
  if (/\{\{\s*\$/.test(JSON.stringify(kept)))
    losses.part(
      resource,
      'environment variables in pull steps that are set where "prefect deploy" runs, which fills them in',
      'Run "prefect deploy" where these variables are not set.',
    )
  const secrets = Object.keys(resource.secrets).some((pointer) => pointer.startsWith(step('', 'pull_steps')))
  if (secrets) losses.part(resource, 'secrets of pull steps, except as an environment variable')
  return withSecrets(
    resource,
    '/pull_steps',
    tokensToIds(kept, () => '' as never),
  )
}
