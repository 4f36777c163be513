import { isNumber, isObject, type Json, type JsonObject, type Pointer, step } from '../../json.ts'
import { timestampOf } from '../../snapshot/yaml/read-old-yaml.ts'
import type { Faults } from '../issues.ts'

/*
 * The shape of prefect.yaml, as Prefect's own models demand it (cli/deploy/_models.py). Prefect skips the whole file if one
 * field does not fit; here, each such field is an error with its line.
 */

/** What is wrong with a value; undefined if it fits. */
type Check = (value: Json, pointer: Pointer, faults: Faults) => string | undefined

const nothing = (value: Json) => value === null
const orNull =
  (check: Check): Check =>
  (value, pointer, faults) =>
    nothing(value) ? undefined : check(value, pointer, faults)

const text: Check = (value) => {
  if (typeof value === 'string') return undefined
  if (timestampOf(value) !== undefined) return 'must be text, but YAML reads it as a date. Quote it'
  return isNumber(value) || typeof value === 'boolean'
    ? `must be text, but YAML reads it as ${typeof value === 'boolean' ? 'a boolean' : 'a number'}. Quote it`
    : 'must be text'
}
const words = /^(?:0|1|off|on|f|t|false|true|n|y|no|yes)$/i
const switchValue: Check = (value) =>
  typeof value === 'boolean' || value === 0 || value === 1 || (typeof value === 'string' && words.test(value))
    ? undefined
    : 'must be true or false'
const mapping: Check = (value) =>
  isObject(value) && timestampOf(value) === undefined
    ? undefined
    : `must be a mapping${nothing(value) ? ', and must not be empty (Prefect refuses it). Write {} or remove it' : ''}`
const whole: Check = (value) =>
  (typeof value === 'number' && Number.isInteger(value)) ||
  (typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value))
    ? undefined
    : 'must be an integer'
const listOrText: Check = (value) =>
  Array.isArray(value) || typeof value === 'string' ? undefined : 'must be a list of tags'
const steps: Check = (value, pointer, faults) => {
  if (isObject(value)) return undefined
  if (!Array.isArray(value)) return 'must be a list of steps'
  for (const [index, item] of value.entries())
    if (!isObject(item)) faults.error('invalid-value', 'A step must be a mapping.', step(pointer, index))
  return undefined
}
const limit: Check = (value, pointer, faults) => {
  if (!isObject(value)) return whole(value, pointer, faults) && 'must be an integer, or a mapping with limit'
  fields(
    value,
    { limit: orNull(whole), collision_strategy: orNull(text), grace_period_seconds: orNull(whole) },
    pointer,
    faults,
  )
  return undefined
}
const schedules: Check = (value) => (Array.isArray(value) ? undefined : 'must be a list of schedules')
const triggers: Check = (value, pointer, faults) => {
  if (!Array.isArray(value)) return 'must be a list of triggers'
  for (const [index, item] of value.entries())
    if (!isObject(item)) faults.error('invalid-value', 'A trigger must be a mapping.', step(pointer, index))
  return undefined
}
const workPool: Check = (value, pointer, faults) => {
  if (!isObject(value)) return 'must be a mapping with the name of a work pool'
  const shape = { name: orNull(text), work_queue_name: orNull(text), job_variables: mapping }
  fields(value, shape, pointer, faults)
  for (const key of Object.keys(value))
    if (!Object.hasOwn(shape, key))
      faults.warn('ignored-field', `Prefect ignores ${key} of a work pool.`, step(pointer, key))
  return undefined
}

const actions = { build: orNull(steps), push: orNull(steps), pull: orNull(steps) }

const deploymentShape: Readonly<Record<string, Check>> = {
  name: orNull(text),
  version: orNull(text),
  version_type: orNull(text),
  tags: orNull(listOrText),
  description: orNull(text),
  schedule: () => undefined,
  schedules: orNull(schedules),
  paused: orNull(switchValue),
  concurrency_limit: orNull(limit),
  flow_name: orNull(text),
  entrypoint: orNull(text),
  parameters: mapping,
  enforce_parameter_schema: orNull(switchValue),
  ...actions,
  work_pool: workPool,
  triggers: orNull(triggers),
  sla: () => undefined,
}

/** Fields of the file that say nothing about deployments. */
const ignoredAtTop = new Set([
  'definitions',
  'name',
  'prefect-version',
  'prefect_version',
  'deployments',
  'required_inputs',
  'description',
])

function fields(value: JsonObject, shape: Readonly<Record<string, Check>>, pointer: Pointer, faults: Faults): void {
  for (const [name, check] of Object.entries(shape)) {
    const item = value[name]
    if (item === undefined) continue
    const fault = check(item, step(pointer, name), faults)
    if (fault) faults.error('invalid-value', `${name} ${fault}.`, step(pointer, name))
  }
}

/** The deployments of a file that has the shape of a prefect.yaml; its faults go to `faults`. */
export function deploymentsOf(
  file: JsonObject,
  faults: Faults,
): readonly { readonly config: JsonObject; readonly pointer: Pointer }[] {
  fields(file, { ...actions, name: orNull(text), 'prefect-version': orNull(text) }, '', faults)
  for (const key of Object.keys(file))
    if (!ignoredAtTop.has(key) && !Object.hasOwn(actions, key))
      faults.warn('ignored-field', `Prefect ignores the section ${key} of a prefect.yaml.`, step('', key))
  const { deployments } = file
  if (deployments === undefined) return []
  if (!Array.isArray(deployments)) {
    faults.error('invalid-value', 'deployments must be a list.', '/deployments')
    return []
  }
  return deployments.flatMap((config: Json, index: number) => {
    const pointer = `/deployments/${index}`
    if (!isObject(config)) {
      faults.error('invalid-value', 'A deployment must be a mapping.', pointer)
      return []
    }
    fields(config, deploymentShape, pointer, faults)
    for (const key of Object.keys(config))
      if (!Object.hasOwn(deploymentShape, key))
        faults.warn('ignored-field', `Prefect ignores ${key} of a deployment.`, step(pointer, key))
    return [{ config, pointer }]
  })
}
