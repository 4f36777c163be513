import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap, type Tap } from '../servers/tap.ts'
import { newest } from '../servers/versions.ts'
import { newHome } from '../support/cli.ts'
import { command, planOf, type Told } from '../support/command.ts'
import { type Plain, plainHttp, type Row } from '../support/plain-http.ts'

/*
 * What `prefect transfer` (3.4.14 to 3.9.1) loses, breaks or refuses, and this tool does: B1 to B27 are
 * the names that the findings have in docs/comparison. One world shows most of them. The source gives seven rows a page.
 */

const never = { type: 'event', posture: 'Reactive', expect: ['incumbent.never'], threshold: 1, within: 0 }
const home = newHome()
const file = join(home, 'all.snapshot.yaml')
const secret = { SECRET_TOKEN_VALUE: 'shh', WEBHOOK_CALL_URL: 'https://example.test/hook' }

let source: PrefectServer
let destination: PrefectServer
let tap: Tap
let from: Plain
let to: Plain
let exported: Told
let applied: Told
const ids: Record<string, string> = {}

async function block(api: Plain, slug: string, name: string | undefined, data: Row): Promise<string> {
  const type = await api.get(`/block_types/slug/${slug}`)
  const only = { block_schemas: { block_type_id: { any_: [type.id] } } }
  const [schema] = await api.list('/block_schemas/filter', only)
  const named = name === undefined ? { is_anonymous: true } : { name }
  const body = { block_type_id: type.id, block_schema_id: schema?.id, data, ...named }
  return String((await api.post('/block_documents/', body)).id)
}

/** A custom type that contains another block, with all texts of a type. */
async function nestedType(api: Plain): Promise<void> {
  const about = {
    description: 'a < b',
    code_example: 'x',
    logo_url: 'https://e.test/l.png',
    documentation_url: 'https://e.test',
  }
  const type = await api.post('/block_types/', { name: 'Outer', slug: 'outer', ...about })
  const child = (await api.list('/block_schemas/filter', { block_schemas: {} })).find(
    ({ block_type, fields }) => (block_type as Row).slug === 'secret' && (fields as Row).title !== undefined,
  )
  const fields = {
    title: 'Outer',
    type: 'object',
    block_type_slug: 'outer',
    secret_fields: ['inner.value'],
    properties: { inner: { $ref: '#/definitions/Secret' }, ratio: { type: 'number', default: 1.5 } },
    block_schema_references: { inner: { block_type_slug: 'secret', block_schema_checksum: child?.checksum } },
    definitions: { Secret: child?.fields },
  }
  await api.post('/block_schemas/', { fields, block_type_id: type.id, capabilities: [], version: '1' })
}

const flow = async (name: string, more: Row = {}) => String((await from.post('/flows/', { name, ...more })).id)
const deploy = async (name: string, flow_id: string, more: Row = {}) =>
  String(
    (
      await from.post('/deployments/', {
        name,
        flow_id,
        parameter_openapi_schema: { type: 'object', properties: {} },
        ...more,
      })
    ).id,
  )
const automate = async (name: string, actions: readonly Row[], more: Row = {}) =>
  String((await from.post('/automations/', { name, trigger: never, actions, ...more })).id)
const running = (deployment_id: string): Row => ({
  type: 'run-deployment',
  source: 'selected',
  deployment_id,
  parameters: null,
})
const pausing = (automation_id: string): Row => ({ type: 'pause-automation', source: 'selected', automation_id })

beforeAll(async () => {
  source = await freshServer(newest, { env: { PREFECT_SERVER_API_DEFAULT_LIMIT: '7' } })
  destination = await freshServer(newest)
  tap = await openTap(destination.url)
  ;[from, to] = [plainHttp(source.url), plainHttp(destination.url)]
  await makeWorld()
  exported = await command(['export', '--api-url', source.url, '-o', file])
  applied = await command(['apply', file, '--yes', '--api-url', tap.url], secret)
})
afterAll(async () => {
  await tap?.close()
  await Promise.all([source?.stop(), destination?.stop()])
})

async function makeWorld(): Promise<void> {
  for (let n = 0; n < 12; n++) await from.post('/v2/concurrency_limits/', { name: `limit-${n}`, limit: n + 1 })
  await from.post('/v2/concurrency_limits/', { name: 'rate', limit: 10, slot_decay_per_second: 0.5 })
  ids.busy = String((await from.post('/v2/concurrency_limits/', { name: 'busy', limit: 5 })).id)
  await from.post('/v2/concurrency_limits/increment', { names: ['busy'], slots: 5, mode: 'concurrency' })
  await from.post('/concurrency_limits/', { tag: 'gpu', concurrency_limit: 2 })
  ids.secret = await block(from, 'secret', 'token', { value: 'shh' })
  ids.hook = await block(from, 'webhook', 'call', { url: 'https://example.test/hook' })
  ids.storage = await block(from, 'local-file-system', 'code', { basepath: '/srv' })
  ids.anonymous = await block(from, 'local-file-system', undefined, { basepath: '/srv/old' })
  await nestedType(from)
  ids.outer = await block(from, 'outer', 'linked', { inner: { $ref: { block_document_id: ids.secret } }, ratio: 2.5 })
  await makePools()
  await makeDeployments()
  await makeAutomations()
  await from.put('/saved_searches/', { name: 'mine', filters: [] })
  await from.put('/admin/storage', { default_result_storage_block_id: ids.storage })
}

async function makePools(): Promise<void> {
  const variables = { type: 'object', properties: { token: { default: { $ref: { block_document_id: ids.secret } } } } }
  const template = { job_configuration: { token: '{{ token }}' }, variables }
  const storage_configuration = { default_result_storage_block_id: ids.storage }
  await from.post('/work_pools/', {
    name: 'gpu#1?',
    type: 'process',
    base_job_template: template,
    storage_configuration,
    description: 'GPUs',
  })
  await from.post(`/work_pools/${encodeURIComponent('gpu#1?')}/queues`, { name: 'night', is_paused: true })
  await from.patch(`/work_pools/${encodeURIComponent('gpu#1?')}/queues/default`, { is_paused: true })
}

async function makeDeployments(): Promise<void> {
  ids.etl = await flow('etl', { tags: ['t'], labels: { owner: 'data' } })
  ids.other = await flow('other')
  await flow('never deployed')
  const pool = { work_pool_name: 'gpu#1?', work_queue_name: 'default' }
  const schedules = [{ schedule: { cron: '0 6 * * *' }, active: true, slug: 'daily' }]
  ids.prod = await deploy('prod', ids.etl, { ...pool, schedules, labels: { tier: 'gold' }, concurrency_limit: 3 })
  ids.otherProd = await deploy('prod', ids.other, {
    storage_document_id: ids.storage,
    infrastructure_document_id: ids.anonymous,
  })
  const capped = { schedule: { cron: '*/5 * * * *' }, active: false, max_scheduled_runs: 7 }
  await from.post(`/deployments/${ids.otherProd}/schedules`, [capped])
}

async function makeAutomations(): Promise<void> {
  const { prod = '', otherProd = '' } = ids
  await automate('prod__automation_1', [running(prod)], { owner_resource: `prefect.deployment.${prod}` })
  await automate('prod__automation_1', [running(otherProd)], { owner_resource: `prefect.deployment.${otherProd}` })
  const [a, b, self] = [
    await automate('a', [{ type: 'do-nothing' }]),
    await automate('b', []),
    await automate('self', []),
  ]
  const point = (id: string, name: string, target: string) =>
    from.put(`/automations/${id}`, { name, trigger: never, actions: [pausing(target)], enabled: true })
  await point(a, 'a', b)
  await point(b, 'b', a)
  await point(self, 'self', self)
  await automate('points at them', [pausing(a), pausing(self)])
  const match = { 'prefect.resource.id': `prefect.deployment.${prod}` }
  await automate('labels', [], {
    trigger: { ...never, match, match_related: { 'prefect.resource.id': [`prefect.flow.${ids.etl}`] } },
    actions_on_trigger: [{ type: 'call-webhook', block_document_id: ids.hook, payload: '' }],
    actions_on_resolve: [running(prod)],
  })
}

const named = async (path: string, name: string, body: Row = {}) =>
  (await to.list(path, body)).filter((row) => row.name === name)
const automationsOf = (name: string) => named('/automations/filter', name)
const deploymentOf = (flow: string, name: string) => to.get(`/deployments/name/${flow}/${name}`)
const blockOf = (slug: string, name: string) =>
  to.get(`/block_types/slug/${slug}/block_documents/name/${name}?include_secrets=true`)

test('everything is exported and applied, although the source has seven rows per page (B22)', async () => {
  expect(exported.exit, exported.err).toBe(0)
  expect(applied.err).not.toMatch(/FAILED|skipped/)
  expect(applied.exit).toBe(0)
  const limits = await to.list('/v2/concurrency_limits/filter', {})
  expect(limits.filter(({ name }) => /^limit-/.test(String(name)))).toHaveLength(12)
})

test('dependents of existing resources are transferred: default queues, blocks of built-in types, later additions (B1)', async () => {
  expect(await deploymentOf('etl', 'prod')).toMatchObject({ work_pool_name: 'gpu#1?', work_queue_name: 'default' })
  expect(await blockOf('secret', 'token')).toMatchObject({ data: { value: 'shh' } })
  await from.post(`/work_pools/${encodeURIComponent('gpu#1?')}/queues`, { name: 'later' })
  await deploy('later', ids.etl ?? '', { work_pool_name: 'gpu#1?', work_queue_name: 'later' })
  await command(['export', '--api-url', source.url, '-o', file])
  const { counts, changes } = await planOf(destination.url, file)
  expect(changes.map(({ ref }) => ref).sort()).toEqual(['deployment/etl/later', 'work-queue/gpu#1?/later'])
  expect(counts).toMatchObject({ create: 2, update: 0 })
  expect((await command(['apply', file, '--yes', '--api-url', destination.url])).exit).toBe(0)
  expect(await deploymentOf('etl', 'later')).toMatchObject({ work_queue_name: 'later' })
})

test('automations in a cycle are transferred, and refer to each other (B2)', async () => {
  const found = await Promise.all(['a', 'b', 'self', 'points at them'].map(automationsOf))
  const [a, b, self, outside] = found.flat()
  expect(found.map(({ length }) => length)).toEqual([1, 1, 1, 1])
  expect(a).toMatchObject({ enabled: true, actions: [{ automation_id: b?.id }] })
  expect(b).toMatchObject({ enabled: true, actions: [{ automation_id: a?.id }] })
  expect(self).toMatchObject({ enabled: true, actions: [{ automation_id: self?.id }] })
  expect(outside).toMatchObject({ actions: [{ automation_id: a?.id }, { automation_id: self?.id }] })
})

test('storage and infrastructure of a deployment are transferred, including an anonymous block (B11)', async () => {
  const found = await deploymentOf('other', 'prod')
  expect(found.storage_document_id).toBe((await blockOf('local-file-system', 'code')).id)
  const infrastructure = await to.get(`/block_documents/${String(found.infrastructure_document_id)}`)
  expect(infrastructure).toMatchObject({ is_anonymous: true, data: { basepath: '/srv/old' } })
})

test("a deployment's own limit is transferred with it, without orphaned rows (B12)", async () => {
  const { id, global_concurrency_limit } = await deploymentOf('etl', 'prod')
  expect(global_concurrency_limit).toMatchObject({ limit: 3, name: `deployment:${String(id)}` })
  const rows = await to.list('/v2/concurrency_limits/filter', {})
  expect(rows.filter(({ name }) => String(name).startsWith('deployment:'))).toHaveLength(1)
})

test('a nested block stays a link, and its secret is not copied into the parent (B13)', async () => {
  const token = await blockOf('secret', 'token')
  expect(await blockOf('outer', 'linked')).toMatchObject({
    data: { ratio: 2.5 },
    block_document_references: { inner: { block_document: { id: token.id } } },
  })
})

test('IDs in a job template and in the storage of a pool are those of the destination (B14)', async () => {
  const [pool] = await named('/work_pools/filter', 'gpu#1?')
  const token = (await blockOf('secret', 'token')).id
  expect(pool).toMatchObject({
    base_job_template: { variables: { properties: { token: { default: { $ref: { block_document_id: token } } } } } },
    storage_configuration: { default_result_storage_block_id: (await blockOf('local-file-system', 'code')).id },
  })
})

test('IDs in labels and in actions on trigger and on resolve are those of the destination, and owners stay (B15)', async () => {
  const [labels] = await automationsOf('labels')
  const prod = await deploymentOf('etl', 'prod')
  expect(labels).toMatchObject({
    trigger: {
      match: { 'prefect.resource.id': `prefect.deployment.${String(prod.id)}` },
      match_related: { 'prefect.resource.id': [`prefect.flow.${String(prod.flow_id)}`] },
    },
    actions_on_trigger: [{ block_document_id: (await blockOf('webhook', 'call')).id }],
    actions_on_resolve: [{ deployment_id: prod.id }],
  })
  // Like `prefect deploy`, before it recreates them.
  const owned = (await automationsOf('prod__automation_1')).length
  await to.delete(`/automations/owned-by/prefect.deployment.${String(prod.id)}`)
  expect((await automationsOf('prod__automation_1')).length).toBe(owned - 1)
})

test('every field is transferred (B16), including max_scheduled_runs (B17)', async () => {
  const [pool] = await named('/work_pools/filter', 'gpu#1?')
  expect(pool?.description).toBe('GPUs')
  const queues = await to.list(`/work_pools/${encodeURIComponent('gpu#1?')}/queues/filter`, {})
  expect(Object.fromEntries(queues.map(({ name, is_paused }) => [name, is_paused]))).toMatchObject({
    default: true,
    night: true,
  })
  expect((await named('/v2/concurrency_limits/filter', 'rate'))[0]).toMatchObject({ slot_decay_per_second: 0.5 })
  expect((await deploymentOf('etl', 'prod')).labels).toMatchObject({ tier: 'gold', owner: 'data' })
  expect(await to.get('/flows/name/etl')).toMatchObject({ tags: ['t'], labels: { owner: 'data' } })
  const about = {
    logo_url: 'https://e.test/l.png',
    documentation_url: 'https://e.test',
    code_example: 'x',
    description: 'a &lt; b',
  }
  expect(await to.get('/block_types/slug/outer')).toMatchObject(about)
  const storage = await blockOf('local-file-system', 'code')
  expect(await to.get('/admin/storage')).toMatchObject({ default_result_storage_block_id: storage.id })
  expect(await named('/saved_searches/filter', 'mine')).toHaveLength(1)
  expect((await deploymentOf('other', 'prod')).schedules).toMatchObject([{ max_scheduled_runs: 7, active: false }])
})

test('automations with the same name stay separate (B18)', async () => {
  const { counts } = await planOf(destination.url, file)
  // The test of B15 has deleted one of the two: only that one is missing.
  expect(counts.create).toBe(1)
})

test('occupied slots are not transferred (B9)', async () => {
  expect((await named('/v2/concurrency_limits/filter', 'busy'))[0]).toMatchObject({ limit: 5, active_slots: 0 })
})

test('tag limits (B20) and flows without deployments (B21) are transferred', async () => {
  expect(await named('/v2/concurrency_limits/filter', 'tag:gpu')).toMatchObject([{ limit: 2 }])
  expect(await to.get('/flows/name/never%20deployed')).toMatchObject({ name: 'never deployed' })
})

test('only plain requests (B6) to existing paths (B24) with escaped names (B25) are needed', async () => {
  const { requests } = tap
  expect(requests.length).toBeGreaterThan(50)
  expect(requests.filter(({ path }) => path.includes('/events') || /%7B|\{/.test(path))).toEqual([])
  expect(requests.some(({ path }) => path.startsWith(`/work_pools/${encodeURIComponent('gpu#1?')}/queues`))).toBe(true)
  // Before a create, the tool looks whether there is an object of that name: 404, but the path is one of the API's document.
  const document = (await (await fetch(destination.url.replace(/api$/, 'openapi.json'))).json()) as { paths: object }
  const paths = Object.keys(document.paths).map((path) => new RegExp(`^${path.replace(/\{[^}]*\}/g, '[^/]+')}$`))
  expect(paths.length).toBeGreaterThan(100)
  const absent = requests.filter(({ status }) => status === 404)
  expect(absent.filter(({ path }) => !paths.some((known) => known.test(path)))).toEqual([])
  expect(absent.filter(({ method }) => method !== 'GET')).toEqual([])
})

test('a shared limit survives when a deployment stops using it, and schedules keep their IDs (B7)', async () => {
  const prod = await deploymentOf('etl', 'prod')
  const [rate] = await named('/v2/concurrency_limits/filter', 'rate')
  const later = await deploymentOf('etl', 'later')
  await to.patch(`/deployments/${String(later.id)}`, { global_concurrency_limit_id: rate?.id })
  const { exit } = await command(['apply', file, '--yes', '--api-url', destination.url])
  expect(exit).toBe(0)
  expect((await deploymentOf('etl', 'later')).global_concurrency_limit).toBeNull()
  expect(await named('/v2/concurrency_limits/filter', 'rate')).toMatchObject([{ id: rate?.id }])
  const idsOf = ({ schedules }: Row) => (schedules as Row[]).map(({ id }) => id)
  expect(idsOf(await deploymentOf('etl', 'prod'))).toEqual(idsOf(prod))
})

test('with --activation paused, nothing runs on both servers (B8)', async () => {
  const other = await freshServer(newest)
  const { exit } = await command(['apply', file, '--yes', '--activation', 'paused', '--api-url', other.url], secret)
  expect(exit).toBe(0)
  const api = plainHttp(other.url)
  for (const row of await api.list('/deployments/filter', {})) expect(row.paused, String(row.name)).toBe(true)
  for (const row of await api.list('/automations/filter', {})) expect(row.enabled, String(row.name)).toBe(false)
  await other.stop()
})

test('a named profile overrides the environment (B10)', async () => {
  const profiles = newHome()
  mkdirSync(join(profiles, '.prefect'))
  writeFileSync(
    join(profiles, '.prefect', 'profiles.toml'),
    `active = "x"\n[profiles.x]\nPREFECT_API_KEY = "pnu_x"\nPREFECT_API_URL = "http://127.0.0.1:1/api"\n[profiles.old]\nPREFECT_API_URL = "${source.url}"\n`,
  )
  const env = { HOME: profiles, PREFECT_API_URL: destination.url, PREFECT_API_KEY: 'pnu_other' }
  const { exit, out, err } = await command(['export', '--profile', 'old', '-o', '-'], env)
  expect(exit).toBe(0)
  expect(out).toContain(`api: ${source.url}`)
  expect(out + err).not.toContain('pnu_')
})

test('a dangling reference affects only its own resource: it is reported, and no ID of the source is written (B3, B4)', async () => {
  const gone = await block(from, 'webhook', 'gone', { url: 'https://example.test/gone' })
  const shelf = await block(from, 'local-file-system', 'shelf', { basepath: '/x' })
  await automate('calls nobody', [{ type: 'call-webhook', block_document_id: gone, payload: '' }])
  await from.post('/work_pools/', {
    name: 'shelved',
    type: 'process',
    storage_configuration: { default_result_storage_block_id: shelf },
  })
  await from.delete(`/block_documents/${gone}`)
  await from.delete(`/block_documents/${shelf}`)
  const dangling = join(home, 'dangling.snapshot.yaml')
  const { exit, err } = await command(['export', '--api-url', source.url, '-o', dangling])
  expect(exit).toBe(0)
  expect(err).toContain('unresolved-id')
  expect(err).toContain('orphaned-ref')
  const refused = await command(['apply', dangling, '--yes', '--api-url', destination.url], secret)
  expect(refused.exit).toBe(3)
  expect(refused.err + JSON.stringify(refused.issues)).toContain('automation/calls nobody')
  const documents = readFileSync(dangling, 'utf8').split('\n---\n')
  writeFileSync(dangling, documents.filter((text) => !text.includes('key: calls nobody\n')).join('\n---\n'))
  expect((await command(['apply', dangling, '--yes', '--api-url', destination.url], secret)).exit).toBe(0)
  expect(await named('/work_pools/filter', 'shelved')).toHaveLength(1)
})

test('a name reserved for Prefect is refused before anything is written (B27)', async () => {
  const reserved = join(home, 'reserved.snapshot.yaml')
  writeFileSync(
    reserved,
    'kind: snapshot\nversion: 1\nscope: {include: ["**"], exclude: [], incomplete: []}\n---\nkind: variable\nkey: new\nspec: {value: 1}\n---\nkind: work-pool\nkey: Prefect-mine\nspec: {type: process, is_paused: false}\n',
  )
  tap.clear()
  const refused = await command(['apply', reserved, '--yes', '--api-url', tap.url])
  expect(refused.exit).toBe(9)
  expect(tap.writes()).toEqual([])
  expect((await command(['apply', reserved, '--yes', '--skip-unsupported', '--api-url', tap.url])).exit).toBe(0)
  expect(tap.writes().map(({ path }) => path)).toEqual(['/variables/'])
})
