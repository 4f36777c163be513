import { plainHttp, type Row } from '../support/plain-http.ts'

/** The rows of a server by what they are, except those of builtin block types. Read without code of the tool. */
export type Rows = Readonly<Record<string, readonly Row[]>>

const lists = {
  automations: ['/automations/filter', {}],
  deployments: ['/deployments/filter', {}],
  flows: ['/flows/filter', {}],
  queues: ['/work_queues/filter', {}],
  pools: ['/work_pools/filter', {}],
  blocks: ['/block_documents/filter', { include_secrets: true, block_documents: { is_anonymous: null } }],
  limits: ['/v2/concurrency_limits/filter', {}],
  tagLimits: ['/concurrency_limits/filter', {}],
  variables: ['/variables/filter', {}],
} as const

/** The block type of the tests. */
export const ownType = 'own-thing'

export async function readRows(url: string): Promise<Rows> {
  const http = plainHttp(url)
  const read = async (path: string, body: Row) => (await http.post(path, body)) as unknown as Row[]
  const types = await read('/block_types/filter', { block_types: { slug: { any_: [ownType] } } })
  const of = { block_schemas: { block_type_id: { any_: types.map(({ id }) => id) } } }
  const schemas = types.length > 0 ? await read('/block_schemas/filter', of) : []
  const found = await Promise.all(
    Object.entries(lists).map(async ([name, [path, body]]) => [name, await read(path, body)] as const),
  )
  return { ...Object.fromEntries(found), types, schemas }
}

/** Values that say when and by whom something was done, and the state of workers. */
const passing = new Set(['updated', 'updated_by', 'last_polled', 'status', 'estimated_run_time', 'active_slots'])

/** What a schedule says, without its ids and times. */
export function contentOf(schedule: Row): string {
  return JSON.stringify(sorted(schedule, new Set([...passing, 'id', 'created', 'deployment_id'])))
}

export function schedulesOf(rows: Rows): readonly Row[] {
  return (rows.deployments ?? []).flatMap(({ schedules }) => schedules as Row[])
}

/**
 * The rows with their ids, as text to compare. Not said: the ids of the schedules whose content is among `replaced`, of the
 * triggers of automations, which every PUT replaces, and of a deployment's own limit.
 */
export function exact(rows: Rows, replaced: ReadonlySet<string>): string {
  const lines = linesOf(rows, (key, row) => {
    if (key === 'schedules' && replaced.has(contentOf(row))) return new Set([...passing, 'id', 'created'])
    if (isOwnLimit(row) || key === 'trigger' || key === 'triggers') return new Set([...passing, 'id', 'created'])
    return new Set([...passing, ...(ownLimitLinked(row) ? ['concurrency_limit_id'] : [])])
  })
  return lines.sort().join('\n')
}

/** What the rows say, with names in place of ids. */
export function named(rows: Rows): string {
  const without = new Set([...passing, 'id', 'created', 'created_by', 'concurrency_limit_id'])
  const lines = linesOf(rows, () => without).join('\n')
  return withNames(lines, rows).split('\n').sort().join('\n')
}

export const ids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** A text with the names of rows in place of their ids. */
export function withNames(text: string, rows: Rows): string {
  const names = new Map(
    Object.entries(rows).flatMap(([kind, some]) =>
      some.map(
        (row) => [String(row.id), `${kind}/${String(row.name ?? row.slug ?? row.tag ?? row.checksum)}`] as const,
      ),
    ),
  )
  return text.replace(ids, (found) => names.get(found) ?? found)
}

function isOwnLimit({ name }: Row): boolean {
  return typeof name === 'string' && name.startsWith('deployment:')
}

function ownLimitLinked({ global_concurrency_limit: limit }: Row): boolean {
  return limit !== null && typeof limit === 'object' && isOwnLimit(limit as Row)
}

type Without = (key: string, row: Row) => ReadonlySet<string>

function linesOf(rows: Rows, without: Without): string[] {
  return Object.entries(rows).flatMap(([kind, some]) =>
    some.map((row) => `${kind} ${JSON.stringify(sorted(row, without, kind))}`),
  )
}

function sorted(value: unknown, without: Without | ReadonlySet<string>, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => sorted(item, without, key))
    return key === 'schedules' ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items
  }
  if (typeof value !== 'object' || value === null) return value
  const row = value as Row
  const omitted = typeof without === 'function' ? without(key, row) : without
  return Object.fromEntries(
    Object.keys(row)
      .filter((name) => !omitted.has(name))
      .sort()
      .map((name) => [name, sorted(row[name], without, name)]),
  )
}
