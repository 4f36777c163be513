import { isNumber, isObject, type Json, writeJson } from '../../json.ts'
import type { Resource } from '../../model.ts'
import { keyParts, nameInKey, splitRef } from '../../ref.ts'
import { type Argument, hclOf } from './hcl.ts'
import { type Configure, nameExpression, ownId, plainArguments } from './provider-resource.ts'
import { idExpression, jsonField, type Scope } from './references.ts'

const variable: Configure = (resource, scope) => {
  const obstacle = valueObstacle(resource.spec.value ?? null, Object.keys(resource.secrets).length > 0)
  if (obstacle !== undefined) {
    scope.losses.whole(resource, obstacle)
    return undefined
  }
  const body: Argument[] = [['name', resource.key], ...plainArguments(resource, scope, ['value', 'tags'])]
  return { body, importId: ownId(resource, scope) }
}

/** Release 3.4.1 of the provider crashes as it reads a null in a value, which ends Terraform for all resources. */
function valueObstacle(value: Json, isSecret: boolean): string | undefined {
  if (value === null) return isSecret ? undefined : 'the provider has no null in the value of a variable'
  if (isNumber(value)) return !isDouble(value) ? 'the provider rounds a number in the value of a variable' : undefined
  const items = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []
  return items.map((item) => valueObstacle(item, false)).find((reason) => reason !== undefined)
}

/** Whether a number is the same after it has been read as a double. Whether it is an integer or a float does not matter. */
function isDouble(value: Json): boolean {
  const text = writeJson(value)
  return !/^-?\d+$/.test(text) || BigInt(text) === BigInt(Number(text))
}

const concurrencyLimit: Configure = (resource, scope) => ({
  body: [['name', resource.key], ...plainArguments(resource, scope, ['limit', 'active', 'slot_decay_per_second'])],
  importId: ownId(resource, scope),
})

const tagLimit: Configure = (resource, scope) => {
  if (resource.spec.active === false || resource.spec.slot_decay_per_second !== undefined)
    scope.losses.part(resource, 'that the limit is inactive or decays')
  const body: Argument[] = [['tag', resource.key], ...plainArguments(resource, scope, ['concurrency_limit'])]
  return { body, importId: ownId(resource, scope) }
}

const blockType: Configure = (resource, scope) => ({
  body: [
    ...plainArguments(resource, scope, ['name']),
    ['slug', resource.key],
    ...plainArguments(resource, scope, ['description', 'code_example', 'documentation_url', 'logo_url']),
  ],
  importId: ownId(resource, scope),
})

const blockSchema: Configure = (resource, scope) => ({
  body: [
    ['block_type_id', { raw: idExpression(scope, resource.refs.type ?? 'block-type/') }],
    ['version', String(resource.spec.version ?? 'non-versioned')],
    ['capabilities', hclOf(resource.spec.capabilities ?? [])],
    ['fields', jsonField(scope, resource, 'fields')],
  ],
  importId: ownId(resource, scope),
  // Every change replaces a schema, and reading it back does not give the text that was written.
  ...(scope.isImported ? { ignored: ['block_type_id', 'version', 'capabilities', 'fields'] } : {}),
})

const block: Configure = (resource, scope) => {
  const [slug = '', name = ''] = keyParts(resource.key)
  if (resource.spec.is_anonymous === true) {
    scope.losses.whole(resource, 'the provider has no blocks without a name')
    return undefined
  }
  const type = scope.addresses.get(`block-type/${slug}`)
  const schema = resource.refs.schema && scope.addresses.get(resource.refs.schema)
  return {
    body: [
      ['name', name],
      ['type_slug', type === undefined ? slug : { raw: `${type}.slug` }],
      ['data', jsonField(scope, resource, 'data')],
    ],
    importId: ownId(resource, scope),
    ...(schema === undefined ? {} : { dependsOn: [schema] }),
  }
}

const workPool: Configure = (resource, scope) => {
  const { spec, refs, key } = resource
  if (refs.result_storage) scope.losses.part(resource, 'the block for storing results')
  if (isObject(spec.bundle_upload_step) || isObject(spec.bundle_execution_step))
    scope.losses.part(resource, 'the steps for bundles')
  if (!scope.isImported && defaultQueueOf(resource) !== 'default')
    scope.losses.part(resource, 'the name of the default queue')
  return {
    body: [
      ['name', key],
      ...plainArguments(resource, scope, ['type', 'description']),
      ['paused', spec.is_paused === true],
      ...plainArguments(resource, scope, ['concurrency_limit']),
      ['base_job_template', jsonField(scope, withTemplate(resource), 'base_job_template')],
    ],
    importId: importName(scope, [key]),
  }
}

function withTemplate(pool: Resource): Resource {
  return { ...pool, spec: { base_job_template: {}, ...pool.spec } }
}

/** The name of the queue that a pool has from the start. */
function defaultQueueOf({ spec }: Resource): string {
  return String(spec.default_queue ?? 'default')
}

/** Pools and queues are imported by their names, between which the provider has a comma. */
function importName(scope: Scope, names: readonly string[]): string | undefined {
  return scope.isImported && !names.some((name) => name.includes(',')) ? names.join(',') : undefined
}

const workQueue: Configure = (resource, scope) => {
  const [poolName = '', name = ''] = keyParts(resource.key)
  if (isObject(resource.spec.filter)) scope.losses.part(resource, 'the filter')
  return {
    body: [
      ['name', name],
      ['work_pool_name', nameExpression(scope, `work-pool/${poolName}`, poolName)],
      ...plainArguments(resource, scope, ['description', 'is_paused', 'concurrency_limit', 'priority']),
    ],
    importId: importName(scope, [poolName, name]),
  }
}

/** Whether a server creates a queue along with its pool, so that nobody else can create it. */
export function isCreatedWithPool({ kind, key }: Resource, resources: ReadonlyMap<string, Resource>): boolean {
  if (kind !== 'work-queue') return false
  const [poolName = '', name = ''] = keyParts(key)
  const pool = resources.get(`work-pool/${poolName}`)
  return pool !== undefined && defaultQueueOf(pool) === name
}

const flow: Configure = (resource, scope) => {
  if (isObject(resource.spec.labels) && Object.keys(resource.spec.labels).length > 0)
    scope.losses.part(resource, 'the labels')
  const body: Argument[] = [['name', resource.key], ...plainArguments(resource, scope, ['tags'])]
  return { body, importId: ownId(resource, scope) }
}

const webhook: Configure = (resource, scope) => ({
  body: [['name', nameInKey(resource.key)], ...plainArguments(resource, scope, ['description', 'enabled', 'template'])],
  importId: ownId(resource, scope),
})

/** The kinds whose fields are arguments, one for one. */
export const simpleResources: Readonly<Record<string, Configure>> = {
  variable,
  'concurrency-limit': concurrencyLimit,
  'tag-concurrency-limit': tagLimit,
  'block-type': blockType,
  'block-schema': blockSchema,
  block,
  'work-pool': workPool,
  'work-queue': workQueue,
  flow,
  webhook,
}

/** The names of the pool and the queue of a deployment. */
export function poolArguments(resource: Resource, scope: Scope): Argument[] {
  const { queue } = resource.refs
  if (queue === undefined) return []
  const [poolName = '', name = ''] = keyParts(splitRef(queue).key)
  return [
    ['work_pool_name', nameExpression(scope, `work-pool/${poolName}`, poolName)],
    ['work_queue_name', nameExpression(scope, queue, name)],
  ]
}
