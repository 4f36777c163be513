import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atLeast } from '../../src/version.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap } from '../servers/tap.ts'
import { testVersions } from '../servers/versions.ts'
import { newHome, runCli } from '../support/cli.ts'
import { planOf } from '../support/command.ts'
import { type Plain, plainHttp, type Row } from '../support/plain-http.ts'
import { differingFields, plainRows, type Rows } from '../support/plain-rows.ts'
import { serverKinds } from '../support/server-kinds.ts'
import { applyTo } from '../support/world.ts'
import { canonical, type Value } from '../worlds/world-json.ts'
import { type FieldValues, fieldValues } from './exactness-table.ts'

/** How an object of a kind is made by plain HTTP: its create, and where it is changed. */
type Make = (http: Plain, name: string, body: Row, patch: Row | undefined) => Promise<unknown>

const trigger = { type: 'event', posture: 'Reactive', expect: ['never'], within: 0 }
const simple =
  (path: string, base: Row, id = 'id'): Make =>
  async (http, name, body, patch) => {
    const row = await http.post(`${path}/`, { name, ...base, ...body })
    if (patch) await http.patch(`${path}/${row[id]}`, patch)
    return row.id
  }
const flowOf = async (http: Plain) => (await http.post('/flows/', { name: 'shared' })).id
const makers: Readonly<Record<string, Make>> = {
  flow: simple('/flows', {}),
  variable: simple('/variables', { value: 1 }),
  'concurrency-limit': simple('/v2/concurrency_limits', { limit: 1 }),
  async 'tag-concurrency-limit'(http, name, body, patch) {
    await http.post('/concurrency_limits/', { tag: name, concurrency_limit: 1, ...body })
    if (patch) await http.patch(`/v2/concurrency_limits/tag:${name}`, patch)
  },
  'block-type': (http, name, body, patch) => simple('/block_types', { slug: name })(http, name, body, patch),
  async 'block-schema'(http, name, body) {
    const block_type_id = await makers['block-type']?.(http, name, {}, undefined)
    return (await http.post('/block_schemas/', { block_type_id, fields: { title: name, type: 'object' }, ...body })).id
  },
  async block(http, name, body) {
    const block_type_id = await makers['block-type']?.(http, name, {}, undefined)
    const fields = { title: name, type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
    const { id: block_schema_id } = await http.post('/block_schemas/', { block_type_id, fields })
    return http.post('/block_documents/', { name, block_type_id, block_schema_id, ...body })
  },
  'work-pool': simple('/work_pools', { type: 'process' }, 'name'),
  async 'work-queue'(http, name, body, patch) {
    await http.post('/work_pools/', { name: `pool-${name}`, type: 'process' })
    const { id } = await http.post(`/work_pools/pool-${name}/queues`, { name, ...body })
    if (patch) await http.patch(`/work_queues/${id}`, patch)
  },
  deployment: async (http, name, body, patch) =>
    simple('/deployments', { flow_id: await flowOf(http) })(http, name, body, patch),
  // Enabled, those that wait for any event would act on each other.
  automation: simple('/automations', { trigger, actions: [{ type: 'do-nothing' }], enabled: false }),
  'saved-search': (http, name, body) => http.put('/saved_searches/', { name, filters: [], ...body }),
}

/** Hundreds of requests, on a busy machine. */
const patience = 400_000

/** Fields of the kinds that no value of the table is about, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  'block-type/name': 'a name without & < >, part of every snapshot',
  'block-schema/checksum': 'computed by the server',
  'block/is_anonymous': 'test/flow/every-kind.test.ts',
  'work-pool/default_queue': 'test/flow/every-kind.test.ts',
  'work-pool/bundle_upload_step': 'storage_configuration',
  'work-pool/bundle_execution_step': 'storage_configuration',
}

test('the table has every field of every kind', () => {
  const listed = new Set(fieldValues.map(({ kind, field }) => `${kind}/${field}`))
  const fields = serverKinds.flatMap(({ name, fields }) => Object.keys(fields).map((field) => `${name}/${field}`))
  expect(fields.filter((field) => !listed.has(field) && elsewhere[field] === undefined)).toEqual([])
})

describe.each(testVersions)('every value of every field, on %s', (version) => {
  let source: PrefectServer
  let target: PrefectServer
  const home = newHome()
  const file = join(home, 'all.yaml')
  const entries = fieldValues.filter(({ since }) => atLeast(version, since))

  beforeAll(async () => {
    ;[source, target] = await Promise.all([freshServer(version), freshServer(version)])
    const http = plainHttp(source.url)
    for (const [row, entry] of entries.entries()) await makeAll(http, entry, row)
  }, patience)
  afterAll(async () => {
    await source?.stop()
    await target?.stop()
  })

  test(
    'arrives on an empty server as it was, and a second apply writes nothing',
    async () => {
      const exported = await runCli(['export', '--api-url', source.url, '-o', file])
      expect(exported.stderr).not.toMatch(/error/i)
      const applied = await applyTo(target.url, file, '--allow-unresolved')
      expect([applied.exit, applied.stderr]).toEqual([0, expect.not.stringMatching(/FAILED|skipped/)])
      const [before, after] = [await plainRows(source.url), await plainRows(target.url)]
      expect(differingFields(before, after)).toEqual([])
      const tap = await openTap(target.url)
      expect((await applyTo(tap.url, file, '--allow-unresolved')).exit).toBe(0)
      expect(tap.writes()).toEqual([])
      await tap.close()
      expect((await planOf(source.url, file)).changes).toEqual([])
      const values = new Set(entries.flatMap(({ kind, field }) => distinct(before, kind, field)))
      const fields = new Set(entries.map(({ kind, field }) => `${kind}/${field}`))
      console.log(`${version}: ${values.size} distinct values of ${fields.size} fields came back`)
      expect(values.size).toBeGreaterThan(200)
    },
    patience,
  )
})

async function makeAll(http: Plain, { kind, field, values, patched }: FieldValues, row: number): Promise<void> {
  for (const [index, value] of values.entries()) {
    const body = value === undefined ? {} : { [field]: value }
    const separator = kind === 'variable' ? '_' : '-'
    const name = [field.replaceAll('_', separator), row, index].join(separator)
    await makers[kind]?.(http, name, patched ? {} : body, patched && body)
  }
}

/** What the server returns of a field, each value once. */
function distinct(rows: Rows, kind: string, field: string): string[] {
  const table = kind.endsWith('concurrency-limit') ? 'limit' : kind
  return [...rows].flatMap(([key, row]) =>
    key.startsWith(`${table}/`) && row[field] !== undefined
      ? [`${kind}/${field}: ${canonical(row[field] as Value)}`]
      : [],
  )
}
