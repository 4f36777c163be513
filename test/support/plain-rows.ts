import { createHash } from 'node:crypto'
import { readServer } from '../worlds/read-server.ts'
import { asSet, canonical, isRow, mapStrings, type Row, text, type Value, without } from '../worlds/world-json.ts'

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
  add('block', ownedBlocks(rows), (row) => `${names.get(text(row.block_type_id))}/${blockName(row)}`)
  add('limit', rows.limits, (row) => mapStrings(row.name ?? '', (part) => named(part, names)) as string)
  add('tag-limit', rows.v1Limits, (row) => text(row.tag))
  add('automation', rows.automations, name)
  add('saved-search', rows.savedSearches, name)
  if (isRow(rows.storage)) found.push(['default-result-storage/server', rows.storage])
  const twinNames = tellTwins(found, names)
  const count = new Map<string, number>()
  const entries = found.map(([base, row]): [string, Row] => {
    const key = twinNames.get(row) ?? base
    const nth = (count.get(key) ?? 0) + 1
    count.set(key, nth)
    return [nth === 1 ? key : `${key}#${nth}`, mapStrings(bare(row), (part) => named(part, names)) as Row]
  })
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The server makes up the name of an anonymous block. */
const blockName = (row: Row) => (row.is_anonymous === true ? '(anonymous)' : text(row.name))

/** Blocks without the anonymous ones to which nothing refers. */
function ownedBlocks({ blocks, ...rest }: Awaited<ReturnType<typeof readServer>>): Row[] {
  const named = blocks.filter((row) => row.is_anonymous !== true)
  const all = canonical([...(Object.values(rest) as Value[]), named])
  return blocks.filter((row) => row.is_anonymous !== true || all.includes(text(row.id)))
}

/**
 * Resources of one name get names with a hash of their content, and of that of what they refer to: three rounds tell more apart
 * than any test makes.
 */
function tellTwins(found: readonly [string, Row][], names: Map<string, string>): ReadonlyMap<Row, string> {
  const count = new Map<string, number>()
  for (const [key] of found) count.set(key, (count.get(key) ?? 0) + 1)
  const twins = found.filter(([key]) => (count.get(key) ?? 0) > 1)
  for (let round = 0; round < 3; round += 1) {
    const told = twins.map(([key, row]): [string, string] => {
      const content = canonical(mapStrings(bare(row), (part) => named(part, names)))
      return [text(row.id), `${key}#${createHash('sha256').update(content).digest('hex').slice(0, 8)}`]
    })
    for (const [id, name] of told) names.set(id, name)
  }
  return new Map(twins.map(([key, row]) => [row, names.get(text(row.id)) ?? key]))
}

function named(part: string, names: ReadonlyMap<string, string>): string {
  return part.replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, (id) => `<${names.get(id) ?? id}>`)
}

function bare(row: Row): Row {
  const out = without(row, ...own, 'block_type', 'block_schema', 'block_document_references')
  if (isRow(row.block_document_references)) out.data = withLinks(row)
  if (out.is_anonymous === true) delete out.name
  if (Array.isArray(out.schedules))
    out.schedules = asSet(out.schedules.map((one) => without(one as Row, ...own, 'deployment_id')))
  // A copy of the limit, which has a row of its own.
  if (isRow(out.global_concurrency_limit)) out.global_concurrency_limit = out.global_concurrency_limit.name ?? null
  if (isRow(out.trigger)) out.trigger = bareTrigger(out.trigger)
  if (Array.isArray(out.capabilities)) out.capabilities = [...out.capabilities].sort()
  return out
}

/** The data of a block with links in place of the data of other blocks. */
function withLinks(row: Row): Row {
  const links = Object.entries(row.block_document_references as Row).map(([key, link]): [string, Value] => {
    const block = isRow(link) && isRow(link.block_document) ? link.block_document : {}
    return [key, { link: block.id ?? null }]
  })
  return { ...(row.data as Row), ...Object.fromEntries(links) }
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
