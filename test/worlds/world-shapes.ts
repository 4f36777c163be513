import type { Rows } from './read-server.ts'
import { asSet, isRow, type Row, text, type Value, without } from './world-json.ts'

type Named = Record<string, Value>

/** Converts rows with names for IDs to kinds of named values, without generated fields. */
export function shapes(rows: Rows): Record<string, Named> {
  const tagsInV2 = isAtLeast(rows.version, [3, 4, 19])
  const isTag = (row: Row) => tagsInV2 && text(row.name).startsWith('tag:')
  const tagLimits = tagsInV2 ? rows.limits.filter(isTag).map(v1OfV2) : rows.v1Limits
  return {
    variable: keyed(rows.variables, byName, bare),
    'concurrency-limit': keyed(
      rows.limits.filter((row) => !isTag(row)),
      byName,
      (row) => without(bare(row), 'active_slots'),
    ),
    'tag-concurrency-limit': keyed(tagLimits, (row) => text(row.tag), shapeTagLimit),
    'block-type': keyed(rows.blockTypes, (row) => text(row.slug), bare),
    'block-schema': keyed(rows.blockSchemas, schemaName, shapeSchema),
    block: keyed(rows.blocks, byId, shapeBlock),
    'work-pool': keyed(rows.pools, byName, (row) => without(bare(row), 'status', 'active_slots')),
    'work-queue': keyed(rows.queues, byId, shapeQueue),
    flow: keyed(rows.flows, byName, bare),
    deployment: keyed(rows.deployments, byId, shapeDeployment),
    automation: keyed(rows.automations, byName, shapeAutomation),
    'saved-search': keyed(rows.savedSearches, byName, bare),
    'default-result-storage': { server: rows.storage },
  }
}

/** Rows with the same name, such as automations, become a list in an order that does not depend on the server. */
function keyed(rows: Row[], name: (row: Row) => string, shape: (row: Row) => Value): Named {
  const found: Record<string, Value[]> = {}
  for (const row of rows) {
    const key = name(row)
    found[key] = [...(found[key] ?? []), shape(row)]
  }
  return Object.fromEntries(
    Object.entries(found).map(([key, values]) => [key, values.length === 1 ? (values[0] ?? null) : asSet(values)]),
  )
}

const byName = (row: Row) => text(row.name)
/** The ID has been replaced by `<kind:name>`. */
const byId = (row: Row) => text(row.id).replace(/^<[a-z-]+:(.*)>$/s, '$1')
const bare = (row: Row) => without(row, 'id', 'created', 'updated', 'created_by', 'updated_by')

export const blockName = (row: Row) => `${text(inner(row, 'block_type').slug)}/${text(row.name)}`
export const schemaName = (row: Row) =>
  `${text(inner(row, 'block_type').slug)}/${text(row.checksum)}@${text(row.version)}`

/** Nested documents appear in the data as copies beside a link; keeps only the link. */
export function shapeBlock(row: Row): Row {
  const data = { ...inner(row, 'data') }
  for (const [key, reference] of Object.entries(inner(row, 'block_document_references'))) {
    if (isRow(reference)) data[key] = { link: inner(reference, 'block_document').id ?? null }
  }
  const type = text(inner(row, 'block_type').slug)
  const schema = inner(row, 'block_schema')
  const { checksum = null, version = null } = schema
  return { type, schema: { checksum, version: withoutRelease(version) }, is_anonymous: row.is_anonymous ?? null, data }
}

/** Servers register the schemas of their own types with their own version: equal schemas of two releases differ in it. */
function withoutRelease(version: Value): Value {
  return typeof version === 'string' && /^\d+\.\d+\.\d+/.test(version) ? 'a release of Prefect' : version
}

function shapeSchema(row: Row): Row {
  const fields = { ...inner(row, 'fields') }
  // Alternatives of a union are ordered by the creation of their schemas.
  const references = Object.entries(inner(fields, 'block_schema_references'))
  fields.block_schema_references = Object.fromEntries(references.map(([key, value]) => [key, asSet(value)]))
  return { ...without(bare(row), 'block_type', 'block_type_id'), fields, capabilities: asSet(row.capabilities) }
}

function shapeTagLimit(row: Row): Row {
  const { active = true, slot_decay_per_second = 0 } = row
  return {
    concurrency_limit: row.concurrency_limit ?? null,
    active,
    slot_decay_per_second: Number(slot_decay_per_second),
  }
}

const v1OfV2 = (row: Row): Row => ({
  ...row,
  tag: text(row.name).slice('tag:'.length),
  concurrency_limit: row.limit ?? null,
})

function shapeQueue(row: Row): Row {
  return without(bare(row), 'last_polled', 'status', 'active_slots')
}

function shapeDeployment(row: Row): Row {
  const own = without(bare(row), 'status', 'last_polled', 'work_queue_id')
  const limit = row.global_concurrency_limit
  const schedules = Array.isArray(row.schedules) ? row.schedules.filter(isRow).map(shapeSchedule) : []
  return { ...own, schedules: asSet(schedules), global_concurrency_limit: isRow(limit) ? (limit.name ?? null) : null }
}

function shapeSchedule(row: Row): Row {
  const schedule = { ...inner(row, 'schedule') }
  if (typeof schedule.anchor_date === 'string') schedule.anchor_date = schedule.anchor_date.replace(/\+00:00$/, 'Z')
  return { ...without(bare(row), 'deployment_id'), schedule }
}

function shapeAutomation(row: Row): Row {
  return { ...bare(row), trigger: shapeTrigger(inner(row, 'trigger')) }
}

function shapeTrigger(trigger: Row): Row {
  const shaped = without(trigger, 'id')
  for (const key of ['expect', 'after', 'for_each']) if (key in shaped) shaped[key] = asSet(shaped[key])
  if (Array.isArray(shaped.triggers)) shaped.triggers = shaped.triggers.filter(isRow).map(shapeTrigger)
  return shaped
}

function inner(row: Row, key: string): Row {
  const value = row[key]
  return isRow(value) ? value : {}
}

function isAtLeast(version: readonly number[], wanted: readonly number[]): boolean {
  const at = wanted.findIndex((part, index) => (version[index] ?? 0) !== part)
  return at === -1 || (version[at] ?? 0) > (wanted[at] ?? 0)
}
