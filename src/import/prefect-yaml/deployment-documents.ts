import { isNumber, isObject, type Json, type JsonObject, type Pointer, step } from '../../json.ts'
import { keyOf, type Ref } from '../../ref.ts'
import { withPlainTimes } from '../../snapshot/yaml/read-old-yaml.ts'
import { withEscapes } from '../../token.ts'
import { documentFrom, type Faults } from '../issues.ts'
import type { FlowFacts, ImportedDocument, ImportInput } from '../reader.ts'
import { serverNames } from '../server-names.ts'
import { environmentValue, fillTemplates } from '../templates.ts'
import { fillConfig, fillPullSteps, fillTriggers, outputsIn, refuseOpen } from './fill-config.ts'
import { factsOf } from './flow-facts.ts'
import { pullStepsOf, stepsOf } from './pull-steps.ts'
import { schedulesOf, switchOf } from './schedules.ts'
import { automationsOf } from './triggers.ts'

/** A deployment of the file, and what is needed to read it. */
export interface DeploymentEntry {
  readonly config: JsonObject
  readonly pointer: Pointer
  /** The whole file, with times as texts. */
  readonly file: JsonObject
  readonly input: ImportInput
  readonly faults: Faults
  /** How many automations have each name so far. */
  readonly names: Map<string, number>
}

/** What `prefect deploy` makes of a deployment: documents, and what it needs on the server. */
interface Made {
  readonly documents: readonly ImportedDocument[]
  readonly external: readonly string[]
}

/** What identifies a deployment, once its templates are filled from the environment. */
interface Named {
  readonly config: JsonObject
  readonly name: string
  readonly entrypoint: string
  readonly pool: string
}

/** The documents of a deployment; undefined if it has none, or faults. */
export function documentsOfDeployment(entry: DeploymentEntry): Made | undefined {
  const named = namedOf(entry)
  if (!named) return undefined
  const { pointer, file, input, faults } = entry
  const { config, name, entrypoint, pool } = named
  const facts = factsOf(entrypoint, config, pointer, input, faults)
  const flow: Ref = `flow/${facts.name}`
  const key = keyOf(facts.name, name)
  const around = {
    mayKnow: outputsIn([...stepsOf('build', config, file), ...stepsOf('push', config, file)]),
    input,
    faults,
  }
  const filled = fillConfig(without(config, 'triggers', 'schedule', 'schedules'), pointer, around)
  const schedules = schedulesOf(fillConfig(pick(config, 'schedule', 'schedules'), pointer, around), pointer, faults)
  const queueName = queueNameOf(filled)
  const queue: Ref = `work-queue/${keyOf(pool, isText(queueName) ? queueName : 'default')}`
  const pull = pullStepsOf({ ...config, ...pick(entry.config, 'pull') }, pointer, file, input.folder, faults)
  const pullSteps = fillPullSteps(pull, input, faults)
  const spec = specOf(filled, { ...facts, schedules: schedules.map(({ schedule }) => schedule), pullSteps })
  const triggersAt = step(pointer, 'triggers')
  const automations = automationsOf({
    triggers: fillTriggers(config.triggers, triggersAt, around),
    pointer: triggersAt,
    deployment: `deployment/${key}`,
    name: String(config.name),
    names: entry.names,
    faults,
  })
  return {
    documents: [
      documentFrom({ kind: 'flow', key: facts.name }, faults.place, { '': step(pointer, 'entrypoint') }),
      documentFrom({ kind: 'deployment', key, refs: { flow, queue }, spec, ...keepOf(spec, facts) }, faults.place, {
        ...originsIn(pointer),
        '/spec/pull_steps': pull.pointer,
        ...Object.fromEntries(schedules.map(({ pointer: at }, index) => [`/spec/schedules/${index}`, at])),
      }),
      ...automations,
    ],
    external: [
      `work-pool/${pool}`,
      queue,
      ...serverNames(spec),
      ...automations.flatMap(({ document }) => serverNames(document)),
    ],
  }
}

/** Reads what identifies a deployment; undefined if it has no name, or if something is missing. */
function namedOf({ config: written, pointer, input, faults }: DeploymentEntry): Named | undefined {
  if ((written.name ?? null) === null) {
    const message = 'The deployment has no name, so prefect deploy --all skips it.'
    faults.warn('ignored-field', message, pointer, 'Give it a name.')
    return undefined
  }
  const early = { lookUp: environmentValue(input.env), stays: () => false, missing: 'stays' } as const
  const config = (fillTemplates(withPlainTimes(written), early) ?? {}) as JsonObject
  const pool = poolOf(config, input)
  const { entrypoint } = config
  const name = String(config.name ?? '').replace(/^(.*\/)?([^/]*)\.py$/, '$2')
  if (!isText(entrypoint)) {
    const fix = 'Add an entrypoint, such as flows/etl.py:etl.'
    faults.error('invalid-value', 'A deployment needs an entrypoint.', step(pointer, 'entrypoint'), fix)
  }
  if (pool === undefined) {
    const fix = 'Add work_pool: {name: …} to the deployment.'
    faults.error('invalid-value', 'A deployment needs a work pool.', step(pointer, 'work_pool'), fix)
  }
  const isOpen = refuseOpen({ name, entrypoint: entrypoint ?? null, 'work_pool/name': pool ?? null }, pointer, faults)
  return isOpen || !isText(entrypoint) || pool === undefined ? undefined : { config, name, entrypoint, pool }
}

/** What Prefect takes from the code of the flow, as far as nobody knows it here: it is left to the destination. */
function keepOf(spec: JsonObject, facts: FlowFacts): JsonObject {
  const said = { description: facts.description, version: facts.version, parameter_openapi_schema: facts.schema }
  const keep = Object.entries(said).flatMap(([name, value]) =>
    value === undefined && spec[name] === undefined ? [name] : [],
  )
  return keep.length > 0 ? { keep } : {}
}

/** Where the parts of a deployment's document come from. */
function originsIn(pointer: Pointer): Record<Pointer, Pointer> {
  return {
    '': pointer,
    '/key': step(pointer, 'name'),
    '/refs/flow': step(pointer, 'entrypoint'),
    '/refs/queue': step(pointer, 'work_pool'),
    '/spec': pointer,
    '/spec/job_variables': `${pointer}/work_pool/job_variables`,
    '/spec/schedules': step(pointer, 'schedules'),
    '/spec/concurrency_options': step(pointer, 'concurrency_limit'),
  }
}

function without(config: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !names.includes(name)))
}

function pick(config: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([name]) => names.includes(name)))
}

function poolOf({ work_pool }: JsonObject, { env }: ImportInput): string | undefined {
  const name = isObject(work_pool) ? work_pool.name : undefined
  if (isText(name)) return name
  const fallback = env.PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME ?? env.PREFECT_DEFAULT_WORK_POOL_NAME
  return fallback === undefined || fallback === '' ? undefined : fallback
}

function queueNameOf({ work_pool }: JsonObject): Json | undefined {
  return isObject(work_pool) ? work_pool.work_queue_name : undefined
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== ''
}

interface Around {
  readonly description?: string | null
  readonly version?: string | null
  readonly schema?: JsonObject
  readonly schedules: readonly JsonObject[]
  readonly pullSteps: Json
}

/** The spec of a deployment, from its filled config and what its flow says. */
function specOf(config: JsonObject, { description, version, schema, schedules, pullSteps }: Around): JsonObject {
  const { work_pool, concurrency_limit: limit } = config
  const enforce = switchOf(config.enforce_parameter_schema)
  const paused = switchOf(config.paused)
  const variables = isObject(work_pool) ? work_pool.job_variables : undefined
  const parts: Record<string, Json | undefined> = {
    description: isText(config.description) ? config.description : (description ?? undefined),
    version: isText(config.version) ? config.version : (version ?? undefined),
    tags: tagsOf(config.tags),
    entrypoint: config.entrypoint,
    pull_steps: withEscapes(pullSteps),
    parameters: config.parameters === undefined ? undefined : withEscapes(config.parameters),
    parameter_openapi_schema: schema,
    enforce_parameter_schema: enforce,
    job_variables: variables === undefined ? undefined : withEscapes(variables),
    paused,
    schedules: withEscapes(schedules),
    concurrency_limit: isObject(limit) ? limitOf(limit.limit) : limitOf(limit),
    concurrency_options: isObject(limit) ? optionsOf(limit) : undefined,
  }
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as JsonObject
}

function tagsOf(tags: Json | undefined): Json | undefined {
  if (!Array.isArray(tags)) return undefined
  return tags.map((tag: Json) => (typeof tag === 'string' ? tag : pythonText(tag))).filter((tag) => tag.trim() !== '')
}

function pythonText(tag: Json): string {
  if (typeof tag === 'boolean') return tag ? 'True' : 'False'
  return tag === null ? 'None' : isNumber(tag) ? String(tag) : JSON.stringify(tag)
}

function limitOf(limit: Json | undefined): Json | undefined {
  return typeof limit === 'string' ? Number(limit) : (limit ?? undefined)
}

function optionsOf(limit: JsonObject): JsonObject {
  const { collision_strategy, grace_period_seconds: grace } = limit
  return {
    ...(isText(collision_strategy) ? { collision_strategy } : {}),
    ...(grace === undefined || grace === null ? {} : { grace_period_seconds: limitOf(grace) ?? null }),
  }
}
