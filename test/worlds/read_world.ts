import { createHash } from 'node:crypto'
import { type Rows, readServer } from './read-server.ts'
import { canonical, mapStrings, type Row, text, type Value } from './world-json.ts'
import { blockName, schemaName, shapeBlock, shapes } from './world-shapes.ts'

/** The content of a server by kind and natural name, without IDs. */
export type World = { [kind: string]: { [name: string]: Value } }

/**
 * Reads a server's complete configuration, to compare it with another's by deep equality. Shares no code with the tool, and
 * reads secrets in clear text to check that they arrived. Omits timestamps, run state, and everything that the server orders
 * randomly. Includes built-in block types and schemas: ignore these two kinds if the servers have different versions.
 * `headers` are sent with every request (authorization, CSRF).
 */
export async function readWorld(url: string, headers: Record<string, string> = {}): Promise<World> {
  const rows = await readServer(url, headers)
  const names = namesOf(rows)
  for (const [id, name] of anonymousNames(rows.blocks, names)) names.set(id, name)
  const replace = (value: string) => value.replace(uuid, (id) => names.get(id.toLowerCase()) ?? id)
  const named = Object.fromEntries(
    Object.entries(rows).map(([kind, list]) => [kind, mapStrings(list as Value, replace)]),
  ) as unknown as Rows
  return shapes(named)
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi

function namesOf(rows: Rows): Map<string, string> {
  const flows = new Map(rows.flows.map((row) => [row.id, text(row.name)]))
  const byName = (row: Row) => text(row.name)
  const naming: [string, Row[], (row: Row) => string][] = [
    ['flow', rows.flows, byName],
    ['deployment', rows.deployments, (row) => `${flows.get(row.flow_id ?? null)}/${text(row.name)}`],
    ['work-pool', rows.pools, byName],
    ['work-queue', rows.queues, (row) => `${text(row.work_pool_name)}/${text(row.name)}`],
    ['variable', rows.variables, byName],
    ['limit', rows.limits, byName],
    ['tag-limit', rows.v1Limits, (row) => text(row.tag)],
    ['block-type', rows.blockTypes, (row) => text(row.slug)],
    ['block-schema', rows.blockSchemas, schemaName],
    ['block', rows.blocks.filter((row) => row.is_anonymous !== true), blockName],
    ['automation', rows.automations, byName],
    ['saved-search', rows.savedSearches, byName],
  ]
  return new Map(naming.flatMap(([kind, list, name]) => list.map((row) => [text(row.id), `<${kind}:${name(row)}>`])))
}

/** An anonymous block is identified by its content. */
function anonymousNames(blocks: Row[], names: Map<string, string>): [string, string][] {
  const replace = (value: string) => value.replace(uuid, (id) => names.get(id) ?? '<anonymous>')
  const anonymous = blocks.filter((row) => row.is_anonymous === true)
  return anonymous.map((row) => {
    const content = canonical(mapStrings(shapeBlock(row), replace))
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 12)
    return [text(row.id), `<block:${blockName({ ...row, name: `anonymous:${hash}` })}>`]
  })
}
