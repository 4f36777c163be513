import type { JsonObject, Pointer } from '../../json.ts'
import { isObject, type Json } from '../../json.ts'
import { keyOf, type Ref } from '../../ref.ts'
import { schedulesOf } from './clock-schedules.ts'
import { saysNothing } from './field-table.ts'
import type { FlowRow } from './flow-rows.ts'
import { type FlowWork, workOf } from './flow-work.ts'
import type { Notes } from './notes.ts'
import { parameterSchemaOf } from './parameter-schema.ts'
import { type Infrastructure, infrastructureOf } from './run-configs.ts'
import { secretsIn } from './storage-words.ts'
import { codeOf } from './storages.ts'

/** What the reader needs to know beside the file. */
export interface FlowContext {
  readonly notes: Notes
  readonly now: Date
  /** Names of work pools, by type (`kubernetes`) or label (`label:gpu`). */
  readonly pools: Readonly<Record<string, string>>
}

/** A flow of Prefect 1 as documents of a snapshot. */
export interface MadeFlow {
  readonly flow: string
  readonly project?: string
  readonly deployment: string
  readonly entrypoint: string
  readonly pool: { readonly name: string; readonly type: string }
  readonly pointer: Pointer
  readonly documents: readonly JsonObject[]
  /** From places in the document of the deployment to places in the file. */
  readonly origins: Readonly<Record<Pointer, Pointer>>
  readonly work: FlowWork
}

/** Makes the documents of a flow. */
export function makeFlow(row: FlowRow, context: FlowContext): MadeFlow {
  const { notes } = context
  const flow = safeName(row.name, 'flow', row.pointer, notes)
  const name = row.project === undefined ? 'prefect-1' : safeName(row.project, 'project', row.pointer, notes)
  const found = infrastructureOf(row.runConfig.value, row.runConfig.at, notes)
  const infrastructure: Infrastructure = found ?? { type: 'universal', variables: {} }
  const labels = labelsOf(row)
  const { image, entrypoint, ...code } = codeOf(row.storage.value, row.storage.at, row.name, notes)
  const pool = poolOf(infrastructure.type, labels, context.pools)
  const variables = withImage(infrastructure, image)
  const schema = parameterSchemaOf(row.parameters.value, row.parameters.at, notes)
  const schedules = scheduleList(row, labels, context)
  const spec = {
    ...(row.description === undefined ? {} : { description: row.description }),
    ...(row.version === undefined ? {} : { version: row.version }),
    tags: [...(row.project === undefined ? [] : [`project:${row.project}`]), ...labels],
    entrypoint,
    ...code,
    ...defaultsOf(row, notes),
    ...(schema ? { parameter_openapi_schema: schema } : {}),
    ...(Object.keys(variables).length > 0 ? { job_variables: variables } : {}),
    // Its code cannot run before a person has rewritten it.
    paused: true,
    ...(schedules.length > 0 ? { schedules } : {}),
  }
  const refs = { flow: `flow/${flow}`, queue: `work-queue/${keyOf(pool, 'default')}` }
  const deployment = keyOf(flow, name)
  return {
    flow,
    ...(row.project === undefined ? {} : { project: row.project }),
    deployment,
    entrypoint,
    pool: { name: pool, type: infrastructure.type },
    pointer: row.pointer,
    documents: [
      { kind: 'flow', key: flow },
      { kind: 'deployment', key: deployment, refs, spec },
    ],
    origins: originsOf(row),
    work: workOf(row, secretsIn(row.storage.value)),
  }
}

function originsOf(row: FlowRow): Record<Pointer, Pointer> {
  return {
    '': row.pointer,
    '/spec/schedules': row.schedule.at,
    '/spec/job_variables': row.runConfig.at,
    '/spec/pull_steps': row.storage.at,
    '/spec/parameter_openapi_schema': row.parameters.at,
    '/spec/parameters': row.defaults.at,
  }
}

/** A name without the characters that Prefect 3 refuses. */
function safeName(name: string, what: string, at: Pointer, notes: Notes): string {
  const safe = name.replace(/[/%&><]/g, '-')
  if (safe !== name)
    notes.told(
      `${what} name`,
      at,
      `Prefect 3 refuses the ${what} name ${JSON.stringify(name)}; it becomes ${JSON.stringify(safe)}.`,
      'Choose another name if you like.',
    )
  return safe
}

/** The labels of a flow's runs: those of its group, or those of its run config. */
function labelsOf({ labels, runConfig: { value } }: FlowRow): readonly string[] {
  if (labels) return labels
  return isObject(value) && Array.isArray(value.labels) ? value.labels.map(String) : []
}

function poolOf(type: string, labels: readonly string[], pools: FlowContext['pools']): string {
  const named = [...labels.map((label) => `label:${label}`), type].find((key) => Object.hasOwn(pools, key))
  return named === undefined ? type : (pools[named] ?? type)
}

/** The image of the storage is used if the run config has none, except where runs are processes. */
function withImage({ type, variables }: Infrastructure, image: string | undefined): JsonObject {
  return image === undefined || variables.image !== undefined || type === 'process'
    ? variables
    : { ...variables, image }
}

function scheduleList(row: FlowRow, labels: readonly string[], { notes, now }: FlowContext): Json[] {
  const { value, at } = row.schedule
  if (value === undefined || value === null) return []
  if (!isObject(value)) {
    notes.fault(at, 'A schedule is an object with clocks.', 'Export the flow again.')
    return []
  }
  return schedulesOf(value, at, { notes, now, active: row.isActive, labels })
}

function defaultsOf({ defaults: { value, at } }: FlowRow, notes: Notes): JsonObject {
  if (saysNothing(value) || !isObject(value)) return {}
  notes.carried('flow_group.default_parameters', at)
  return { parameters: value }
}

/** The refs that the destination has to have: pools with their queues, and Secret blocks. */
export function neededBy(made: readonly MadeFlow[]): Ref[] {
  const pools = made.map(({ pool }): Ref => `work-pool/${pool.name}/**`)
  const text = JSON.stringify(made.map(({ documents }) => documents))
  const blocks = [...text.matchAll(/\{\{ prefect\.blocks\.secret\.([a-z0-9-]+) \}\}/g)].map(
    ([, name]): Ref => `block/secret/${name}`,
  )
  return [...new Set([...pools, ...blocks])].sort()
}
