import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyOf } from '../../src/ref.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { old, prefect2, testVersions } from '../servers/versions.ts'
import { cliIn, newHome } from '../support/cli.ts'
import { planOf } from '../support/command.ts'
import { plainHttp } from '../support/plain-http.ts'
import { differingFields, plainRows, type Rows } from '../support/plain-rows.ts'
import { runSql } from '../support/sqlite.ts'
import { type StateTable, tables } from './database-states.ts'

const patience = 500_000

interface Source {
  readonly name: string
  readonly version: (typeof testVersions)[number]
  readonly migratedFrom?: typeof prefect2
}

/** By hand, also a database that Prefect 2 created: a migrated one has other defaults and constraints. */
const sources: readonly Source[] = testVersions.flatMap((version) => [
  { name: version, version },
  ...(version === old ? [] : migrated(version)),
])

function migrated(version: Source['version']): readonly Source[] {
  return testVersions.length === 1
    ? []
    : [{ name: `${version} (migrated from ${prefect2})`, version, migratedFrom: prefect2 }]
}

async function sourceOf(version: Source['version'], migratedFrom: Source['migratedFrom']): Promise<PrefectServer> {
  if (migratedFrom === undefined) return freshServer(version)
  const home = join(newHome(), 'database')
  const old = await freshServer(migratedFrom, { home })
  const http = plainHttp(old.url)
  await http.post('/deployments/', { name: 'old', flow_id: (await http.post('/flows/', { name: 'old' })).id })
  await old.stop()
  return freshServer(version, { home })
}

/*
 * States that somebody wrote into the database, or an older version did. A server that shows them gives them to an export:
 * on an empty server, each is as it was, or the export or the plan names the resource before the first write.
 */
describe.each(sources)('what the database of a $name holds', ({ name, version, migratedFrom }) => {
  let [source, target]: PrefectServer[] = []
  let held = 0
  let builtIn: readonly string[] = []

  beforeAll(async () => {
    ;[source, target] = await Promise.all([sourceOf(version, migratedFrom), freshServer(version)])
    builtIn = [...(await blockNames(source)), ...(await blockNames(target))]
    for (const [kind, table] of Object.entries(tables)) held += await fill(source, kind, table)
  }, patience)
  afterAll(async () => {
    await source?.stop()
    await target?.stop()
  })

  test(
    'comes back, or is told before the first write',
    async () => {
      const count = await differencesTold(source, target, builtIn)
      console.log(`${name}: ${held} states held by a database, ${count} differences, all of them told`)
    },
    patience,
  )
})

/**
 * Carries everything from one server to an empty one, and expects each difference to be told by the export or the plan.
 * Returns the number of differences.
 */
async function differencesTold(
  source: PrefectServer | undefined,
  target: PrefectServer | undefined,
  builtIn: readonly string[],
): Promise<number> {
  const home = newHome()
  const { cli } = cliIn(home)
  const file = join(home, 'states.yaml')
  const [from, to] = [source?.url ?? '', target?.url ?? '']
  const before = await plainRows(from)
  const exported = await cli('export', '--api-url', from, '-o', file)
  expect([0, 8], exported.stderr).toContain(exported.exit)
  const validated = await cli('validate', file)
  expect(validated.exit, validated.stderr).toBe(0)
  const itself = await planOf(from, file, '--allow-unresolved')
  expect(itself.changes.map(({ ref }) => ref)).toEqual([])

  const plan = await planOf(to, file, '--allow-unresolved')
  const told = new Set([
    ...[...exported.stderr.matchAll(/\[(?:left-out|no-equivalent)\] (.*?) (?:is left out|has) /gs)].map(
      ([, ref = '']) => ref,
    ),
    ...plan.unsupported.map(({ ref }) => ref),
    ...plan.issues.flatMap(({ ref }) => ref ?? []),
    ...plan.changes.filter(({ notes }) => notes.some((note) => /refuses|adds a/.test(note))).map(({ ref }) => ref),
    ...[...validated.stderr.matchAll(/The fields of (\S+) do not match/g)].map(([, ref = '']) => ref),
  ])
  const applied = await cli('apply', file, '--api-url', to, '--yes', '--allow-unresolved', '--skip-unsupported')
  expect(applied.stderr.split('\n').filter((line) => /FAILED/.test(line))).toEqual([])
  const isBuiltIn = (line: string) =>
    builtIn.some((name) => line.startsWith(`${name}: `) || line.startsWith(`${name} `))
  const differing = differingFields(before, await plainRows(to)).filter((line) => !isBuiltIn(line))
  expect(differing.filter((line) => !isTold(line, before, told) && !follows(line))).toEqual([])
  const again = await planOf(to, file, '--allow-unresolved')
  // A schema whose checksum is not that of its fields is never there.
  const left = again.changes.map(({ ref }) => ref).filter((ref) => !/^block(-schema)?\/s-block-schema-/.test(ref))
  expect(left).toEqual([])
  return differing.length
}

/** Queues of pools that are removed. */
const orphans = 'delete from work_queue where work_pool_id not in (select id from work_pool)'

/** Makes the rows of a table and changes each of them; those that the server cannot show are removed. Returns how many stay. */
async function fill(server: PrefectServer | undefined, kind: string, { table, list, make, states }: StateTable) {
  if (!server) return 0
  const http = plainHttp(server.url)
  const made = async (sql: string, name: string) => {
    const { id } = await make(http, name)
    return {
      change: `update ${table} set ${sql} where id = '${id}'`,
      removal: [`delete from ${table} where id = '${id}'`, orphans],
    }
  }
  const isShown = async () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    const response = await fetch(server.url + list, init)
    await response.arrayBuffer()
    return response.ok
  }
  const name = kind.replaceAll(' ', '-')
  const rows = []
  for (const [index, sql] of Object.values(states).entries()) rows.push(await made(sql, `${name}-${index}`))
  runSql(server, ...rows.map(({ change }) => change))
  if (await isShown()) return rows.length
  // One after another, to find those that the server answers with an error.
  runSql(server, ...rows.flatMap(({ removal }) => removal))
  let shown = 0
  for (const [index, sql] of Object.values(states).entries()) {
    const { change, removal } = await made(sql, `${name}-again-${index}`)
    runSql(server, change)
    if (await isShown()) shown++
    else runSql(server, ...removal)
  }
  return shown
}

/** The block types and schemas that a server registers itself, of which each version has its own. */
async function blockNames({ url }: PrefectServer): Promise<string[]> {
  return [...(await plainRows(url)).keys()].filter((name) => /^block-(type|schema)\//.test(name))
}

/** What follows from a schema that the server gave another checksum, which the plan says of the schema. */
function follows(line: string): boolean {
  const isSchema = /^block-schema\/.*: additional$/.test(line) || /^block\/.* block_schema_id: /.test(line)
  // A create labels a deployment with its flow, which Prefect 2 did not.
  return isSchema || /^deployment\/\S* labels: \{\} became \{"prefect\.flow\.id":"[^"]*"\}$/.test(line)
}

/** Whether the export or the plan said something of the resource with a difference. */
function isTold(line: string, rows: Rows, told: ReadonlySet<string>): boolean {
  const [key] = [...rows.keys()]
    .filter((name) => line.startsWith(`${name} `) || line.startsWith(`${name}: `))
    .sort((a, b) => b.length - a.length)
  return key !== undefined && told.has(refOf(key, rows.get(key) ?? {}))
}

/** The ref of a row, of which the keys have the names of its parents. */
function refOf(key: string, { name, work_pool_name: pool, checksum }: Readonly<Record<string, unknown>>): string {
  const [, kind = '', rest = ''] = /^([a-z-]+)\/(.*)$/s.exec(key) ?? []
  const [, parent = ''] = /^(?:block-type|flow)\/([^/]*)\//s.exec(rest) ?? []
  switch (kind) {
    case 'work-queue':
      return `work-queue/${keyOf(String(pool), String(name))}`
    case 'deployment':
    case 'block':
      return `${kind}/${keyOf(parent, String(name))}`
    case 'block-schema':
      return `block-schema/${keyOf(parent, String(checksum).slice(7, 15))}`
    case 'limit':
      return rest.startsWith('tag:') ? `tag-concurrency-limit/${rest.slice(4)}` : `concurrency-limit/${rest}`
    case 'tag-limit':
      return `tag-concurrency-limit/${rest}`
    default:
      return `${kind}/${rest}`
  }
}
