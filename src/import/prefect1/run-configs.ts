import { isNumber, isObject, type Json, type JsonObject, type Pointer } from '../../json.ts'
import { type FieldRule, readFields, tell, to } from './field-table.ts'
import type { Notes } from './notes.ts'

/** Where runs go: the type of a work pool of Prefect 3, or `universal` for any, and job variables for its base template. */
export interface Infrastructure {
  readonly type: string
  readonly variables: JsonObject
}

const template = 'Add it to the base job template of the work pool.'
const common: Readonly<Record<string, FieldRule>> = { env: envOf, labels: () => ({ set: {} }) }

/** By run config: the type of pool, and what its fields become in the base job template of that type. */
const tables: Readonly<
  Record<string, { readonly type: string; readonly fields: Readonly<Record<string, FieldRule>> }>
> = {
  UniversalRun: { type: 'universal', fields: common },
  LocalRun: { type: 'process', fields: { ...common, working_dir: to('working_dir') } },
  DockerRun: {
    type: 'docker',
    fields: {
      ...common,
      image: to('image'),
      ports: tell('The docker template of Prefect 3 has no variable for ports.', template),
      host_config: hostConfigOf,
    },
  },
  KubernetesRun: {
    type: 'kubernetes',
    fields: {
      ...common,
      ...carriedAs('image', 'cpu_limit', 'cpu_request', 'memory_limit', 'memory_request', 'service_account_name'),
      image_pull_policy: to('image_pull_policy'),
      image_pull_secrets: tell('The kubernetes template of Prefect 3 has no variable for pull secrets.', template),
      job_template: jobTemplateOf,
      job_template_path: tell('The job template is in a file, which is read where the flow runs.', template),
    },
  },
  ECSRun: {
    type: 'ecs',
    fields: {
      ...common,
      ...carriedAs('image', 'task_definition_arn', 'task_role_arn', 'execution_role_arn'),
      cpu: unitsOf('cpu', /^(\d+(?:\.\d+)?)\s*vcpu$/i),
      memory: unitsOf('memory', /^(\d+(?:\.\d+)?)\s*gb$/i),
      run_task_kwargs: runTaskOf,
      task_definition: taskDefinitionOf,
      task_definition_path: tell('The task definition is in a file, which is read where the flow runs.', template),
    },
  },
  VertexRun: {
    type: 'vertex-ai',
    fields: {
      ...common,
      ...carriedAs('image', 'machine_type', 'network'),
      service_account: to('service_account_name'),
      scheduling: schedulingOf,
      worker_pool_specs: tell('The vertex-ai template of Prefect 3 has no variable for worker pools.', template),
    },
  },
}

function carriedAs(...names: readonly string[]): Record<string, FieldRule> {
  return Object.fromEntries(names.map((name) => [name, to(name)]))
}

/** The types of run configs, by the type of pool that they become. */
export const poolTypes: readonly string[] = Object.values(tables).map(({ type }) => type)

/** Where the runs of a flow go; undefined if it has no run config, or one that Prefect 1 does not have. */
export function infrastructureOf(config: Json | undefined, at: Pointer, notes: Notes): Infrastructure | undefined {
  if (config === undefined || config === null) return undefined
  const type = isObject(config) ? String(config.type) : ''
  const table = Object.hasOwn(tables, type) ? tables[type] : undefined
  if (!isObject(config) || !table) {
    notes.fault(
      at,
      `There is no run config of the type ${JSON.stringify(type.slice(0, 60))} in Prefect 1.`,
      'Correct the type, or remove the run config.',
    )
    return undefined
  }
  notes.carried(type, at)
  return { type: table.type, variables: readFields(config, at, type, table.fields, notes) }
}

function envOf(value: Json): ReturnType<FieldRule> {
  if (!isObject(value)) return { why: 'env is no object of variables.', fix: 'Add them to job_variables by hand.' }
  const env = Object.entries(value).map(([name, one]) => [
    name,
    one === null || typeof one === 'string' ? one : textOf(one),
  ])
  return { set: { env: Object.fromEntries(env) as JsonObject } }
}

/** As Python's `str` prints it. */
function textOf(value: Json): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return isNumber(value) ? String(value) : JSON.stringify(value)
}

/** Carries the parts of an object that are in a table of names, and tells the rest by name. */
function partsOf(value: Json, names: Readonly<Record<string, string>>, what: string): ReturnType<FieldRule> {
  if (!isObject(value)) return { why: `${what} is no object.`, fix: template }
  const [known, rest] = [new Map<string, Json>(), [] as string[]]
  for (const [name, part] of Object.entries(value)) {
    if (Object.hasOwn(names, name)) known.set(names[name] as string, part)
    else rest.push(name)
  }
  const set = Object.fromEntries(known)
  if (rest.length === 0) return { set }
  return {
    ...(known.size > 0 ? { set } : {}),
    why: `${what} has ${rest.join(', ')}, for which the template of Prefect 3 has no variable.`,
    fix: template,
  }
}

function hostConfigOf(value: Json): ReturnType<FieldRule> {
  const names = {
    mem_limit: 'mem_limit',
    memswap_limit: 'memswap_limit',
    network_mode: 'network_mode',
    privileged: 'privileged',
    auto_remove: 'auto_remove',
  }
  return partsOf(value, names, 'host_config')
}

function jobTemplateOf(value: Json): ReturnType<FieldRule> {
  const metadata = isObject(value) && isObject(value.metadata) ? value.metadata : {}
  return {
    ...(typeof metadata.namespace === 'string' ? { set: { namespace: metadata.namespace } } : {}),
    why: 'Only its namespace is a variable of the kubernetes template; the rest of the job template is not carried over.',
    fix: template,
  }
}

/** Units of ECS: 1024 for a vCPU and for a GB. */
function unitsOf(name: string, written: RegExp): FieldRule {
  return (value) => {
    const text = String(value).trim()
    const units = /^\d+$/.test(text) ? Number(text) : 1024 * Number(written.exec(text)?.[1] ?? Number.NaN)
    if (Number.isSafeInteger(units)) return { set: { [name]: units } }
    return {
      why: `${JSON.stringify(text.slice(0, 60))} is no number of ECS units of ${name}.`,
      fix: `Add ${name} to job_variables by hand.`,
    }
  }
}

function runTaskOf(value: Json): ReturnType<FieldRule> {
  const { networkConfiguration: network, ...rest } = isObject(value) ? value : {}
  const inner = isObject(network) && isObject(network.awsvpcConfiguration) ? network.awsvpcConfiguration : undefined
  const names = {
    cluster: 'cluster',
    launchType: 'launch_type',
    capacityProviderStrategy: 'capacity_provider_strategy',
  }
  const named = inner
    ? { ...rest, network_configuration: inner }
    : { ...rest, ...(network ? { networkConfiguration: network } : {}) }
  return partsOf(named, { ...names, network_configuration: 'network_configuration' }, 'run_task_kwargs')
}

function taskDefinitionOf(value: Json): ReturnType<FieldRule> {
  return partsOf(value, { family: 'family' }, 'task_definition')
}

function schedulingOf(value: Json): ReturnType<FieldRule> {
  const timeout = isObject(value) ? /^(\d+)s$/.exec(String(value.timeout))?.[1] : undefined
  const hours = Number(timeout) / 3600
  if (isObject(value) && Object.keys(value).length === 1 && Number.isInteger(hours) && hours > 0)
    return { set: { maximum_run_time_hours: hours } }
  return { why: 'The vertex-ai template of Prefect 3 only has a time limit in whole hours.', fix: template }
}
