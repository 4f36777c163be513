import { readServer } from '../worlds/read-server.ts'
import { canonical, isRow, mapStrings, type Row, text, type Value, without } from '../worlds/world-json.ts'

/** What every row has of its own: it says nothing of what a client has set. */
const own = [
  'id',
  'created',
  'updated',
  'created_by',
  'updated_by',
  'status',
  'last_polled',
  'active_slots',
  'denied_slots',
  'avg_slot_occupancy_seconds',
]

/**
 * Everything that a server returns, by kind and name, with names in place of ids and nothing else changed: null, `{}` and
 * `[]` stay apart. Read without code of the tool.
 */
export async function plainRows(url: string): Promise<ReadonlyMap<string, Row>> {
  const rows = await readServer(url)
  const names = new Map<string, string>()
  const found: [string, Row][] = []
  const add = (kind: string, list: readonly Row[], nameOf: (row: Row) => string) => {
    for (const row of list) {
      const name = `${kind}/${nameOf(row)}`
      names.set(text(row.id), name)
      found.push([name, row])
    }
  }
  const name = (row: Row) => text(row.name)
  add('flow', rows.flows, name)
  add('variable', rows.variables, name)
  add('work-pool', rows.pools, name)
  add('work-queue', rows.queues, (row) => `${text(row.work_pool_name)}/${name(row)}`)
  add('deployment', rows.deployments, (row) => `${names.get(text(row.flow_id))}/${name(row)}`)
  add('block-type', rows.blockTypes, (row) => text(row.slug))
  add('block-schema', rows.blockSchemas, (row) => `${names.get(text(row.block_type_id))}/${text(row.checksum)}`)
  add('block', rows.blocks, (row) => `${names.get(text(row.block_type_id))}/${name(row)}`)
  add('limit', rows.limits, (row) => mapStrings(row.name ?? '', (part) => named(part, names)) as string)
  add('tag-limit', rows.v1Limits, (row) => text(row.tag))
  add('automation', rows.automations, name)
  add('saved-search', rows.savedSearches, name)
  const entries = found.map(([key, row]): [string, Row] => [
    key,
    mapStrings(bare(row), (part) => named(part, names)) as Row,
  ])
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function named(part: string, names: ReadonlyMap<string, string>): string {
  return part.replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, (id) => `<${names.get(id) ?? id}>`)
}

function bare(row: Row): Row {
  const out = without(row, ...own, 'block_type', 'block_schema', 'block_document_references')
  if (Array.isArray(out.schedules))
    out.schedules = out.schedules.map((one) => without(one as Row, ...own, 'deployment_id'))
  if (isRow(out.global_concurrency_limit)) out.global_concurrency_limit = without(out.global_concurrency_limit, ...own)
  if (isRow(out.trigger)) out.trigger = bareTrigger(out.trigger)
  if (Array.isArray(out.capabilities)) out.capabilities = [...out.capabilities].sort()
  return out
}

/** A trigger without its id. Its sets come in random order. */
function bareTrigger(trigger: Row): Row {
  const out: Row = without(trigger, 'id')
  for (const set of ['after', 'expect', 'for_each'])
    if (Array.isArray(out[set])) out[set] = ([...out[set]] as string[]).sort() as Value
  if (Array.isArray(out.triggers)) out.triggers = out.triggers.map((child) => bareTrigger(child as Row))
  return out
}

/** The content of a server, by kind and name. */
export type Rows = ReadonlyMap<string, Readonly<Record<string, unknown>>>

/** The fields in which two servers differ, with both values. */
export function differingFields(before: Rows, after: Rows): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [a, b] = [before.get(key), after.get(key)]
    if (!a || !b) return [`${key}: ${a ? 'missing' : 'additional'}`]
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((field) => {
      const [x, y] = [a, b].map((row) => canonical((row[field] ?? null) as Value))
      return x === y ? [] : [`${key} ${field}: ${x} became ${y}`]
    })
  })
}
