import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { type Cloud, openCloud, ownerScopes, secretsScope, viewerScopes } from '../support/cloud/cloud.ts'

/** What the tests of this directory rely on: that the stand-in for Cloud keeps the rules that it says it keeps. */

let server: PrefectServer
let cloud: Cloud

beforeAll(async () => {
  server = await freshServer('3.8.8')
  cloud = await openCloud({
    accounts: [
      { handle: 'acme', tier: 'hobby' },
      { handle: 'other', rate: { perMinute: 600, window: 'fixed', windowMs: 1000 } },
    ],
    workspaces: [
      { name: 'acme/prod', server: server.url },
      { name: 'acme/rows', server: server.url, tagLimits: 'rows' },
      { name: 'other/dev', server: server.url },
    ],
    keys: {
      owner: {},
      viewer: { scopes: viewerScopes },
      careful: { scopes: ownerScopes.filter((scope) => scope !== secretsScope) },
      robot: { of: 'service-account', workspaces: ['other/dev'] },
      old: { expired: true },
    },
  })
})

afterAll(async () => {
  await cloud.close()
  await server.stop()
})

async function send(method: string, url: string, body?: unknown, key = 'owner') {
  const headers = { authorization: `Bearer ${cloud.key(key)}`, 'content-type': 'application/json' }
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers }
}

const at = (path: string, workspace = 'acme/prod') => `${cloud.workspaceUrl(workspace)}${path}`

describe('access', () => {
  test('keys, workspaces and scopes are refused as told', async () => {
    const list = (workspace: string, key: string) => send('POST', at('/flows/filter', workspace), {}, key)
    expect(await list('acme/prod', 'old')).toMatchObject({ status: 401, body: { detail: 'Unauthorized' } })
    expect(await list('acme/prod', 'robot')).toMatchObject({ status: 403, body: { detail: 'Forbidden' } })
    expect(await list('acme/gone', 'owner')).toMatchObject({ status: 404, body: { detail: 'Workspace not found' } })
    expect(await list('acme/prod', 'viewer')).toMatchObject({ status: 200 })
    expect(await send('POST', at('/flows/'), { name: 'a' }, 'viewer')).toMatchObject({ status: 403 })
    expect(await send('GET', at('/admin/version'))).toMatchObject({ status: 404 })
    const { body } = await send('GET', `${cloud.url}/me/workspaces`, undefined, 'robot')
    expect(body).toMatchObject([{ account_handle: 'other', workspace_handle: 'dev' }])
    const scopes = await send(
      'GET',
      `${cloud.url}/me/workspaces/${cloud.workspaceId('acme/prod')}/scopes`,
      undefined,
      'viewer',
    )
    expect(scopes.body).toEqual(viewerScopes)
    expect((await send('GET', `${cloud.url}/accounts/${cloud.accountId('acme')}`)).body).toMatchObject({
      plan_type: 'HOBBY',
    })
  })

  test('secrets of blocks are masked without their scope', async () => {
    const [type] = (await send('POST', at('/block_types/filter'), { block_types: { slug: { any_: ['secret'] } } })).body
    const [schema] = (
      await send('POST', at('/block_schemas/filter'), { block_schemas: { block_type_id: { any_: [type.id] } } })
    ).body
    const block = { name: 'token', block_type_id: type.id, block_schema_id: schema.id, data: { value: 'in clear' } }
    const created = await send('POST', at('/block_documents/'), block)
    expect(created.status).toBe(201)
    const path = `/block_documents/${created.body.id}?include_secrets=true`
    expect((await send('GET', at(path))).body.data).toEqual({ value: 'in clear' })
    expect((await send('GET', at(path), undefined, 'careful')).body.data).toEqual({ value: '********' })
  })
})

describe('what only Cloud has', () => {
  test('fields of deployments are kept beside the server', async () => {
    const flow = (await send('POST', at('/flows/'), { name: 'etl' })).body
    const created = await send('POST', at('/deployments/'), {
      name: 'prod',
      flow_id: flow.id,
      branch: 'main',
      disabled: true,
    })
    expect(created).toMatchObject({
      status: 201,
      body: { branch: 'main', disabled: true, enforce_parameter_schema: false },
    })
    const path = `/deployments/${created.body.id}`
    expect((await send('PATCH', at(path), { root: 'root-id' })).status).toBe(204)
    expect((await send('GET', at(path))).body).toMatchObject({ branch: 'main', root: 'root-id' })
    expect((await send('POST', at('/deployments/paginate'), {})).body.results).toMatchObject([{ branch: 'main' }])
    const real = await fetch(`${server.url}${path}`).then((response) => response.json())
    expect(real).not.toMatchObject({ branch: 'main' })
  })

  test('automations that a server refuses are listed, counted, replaced and deleted as others', async () => {
    const trigger = {
      type: 'metric',
      metric: { name: 'lateness', operator: '>', threshold: 5, range: 300, firing_for: 300 },
    }
    const email = { type: 'send-email-notification', emails: ['a@example.com'], subject: 's', body: 'b' }
    const automation = { name: 'late', trigger, actions: [email, { type: 'declare-incident' }] }
    expect((await send('POST', `${server.url}/automations/`, automation)).status).toBe(422)
    const created = await send('POST', at('/automations/'), automation)
    expect(created.body).toMatchObject({
      trigger,
      actions: [{ ...email, block_document_id: expect.any(String) }, { type: 'declare-incident' }],
    })
    const path = `/automations/${created.body.id}`
    const actions = [{ type: 'do-nothing' }, { type: 'pause-schedule-for-flow-run' }]
    expect((await send('PUT', at(path), { ...automation, actions })).status).toBe(204)
    expect((await send('PATCH', at(path), { enabled: false })).status).toBe(204)
    expect((await send('POST', at('/automations/filter'), {})).body).toMatchObject([
      { actions, trigger, enabled: false },
    ])
    expect((await send('POST', at('/automations/count'), {})).body).toBe(1)
    expect((await send('DELETE', at(path))).status).toBe(204)
    expect((await send('GET', at(path))).status).toBe(404)
  })

  test('webhooks and SLAs are kinds', async () => {
    const hook = await send('POST', at('/webhooks/'), { name: 'in', template: '{}' })
    expect(hook).toMatchObject({ status: 201, body: { name: 'in', enabled: true, slug: expect.any(String) } })
    expect((await send('PATCH', at(`/webhooks/${hook.body.id}`), { enabled: false })).status).toBe(204)
    expect((await send('POST', at('/webhooks/filter'), {})).body).toMatchObject([{ enabled: false }])
    const apply = at('/slas/apply-resource-slas/prefect.deployment.1')
    expect((await send('POST', apply, [{ name: 'fast', duration: 60 }])).body.created).toHaveLength(1)
    expect((await send('POST', apply, [])).body.deleted).toHaveLength(1)
  })

  test('tag limits are global limits, or rows of their own', async () => {
    const limit = { tag: 'db', concurrency_limit: 2 }
    expect((await send('POST', at('/concurrency_limits/', 'acme/rows'), limit)).status).toBe(201)
    expect((await send('POST', at('/v2/concurrency_limits/filter', 'acme/rows'), {})).body).toEqual([])
    expect((await send('GET', at('/concurrency_limits/tag/db', 'acme/rows'))).body).toMatchObject(limit)
    await send('POST', at('/concurrency_limits/'), limit)
    expect((await send('POST', at('/v2/concurrency_limits/filter'), {})).body).toMatchObject([{ name: 'tag:db' }])
  })
})

describe('limits', () => {
  test('a tier refuses types of pools and more than it allows, with a sentence', async () => {
    const pool = await send('POST', at('/work_pools/'), { name: 'k8s', type: 'kubernetes' })
    expect(pool).toMatchObject({ status: 403, body: { detail: expect.stringContaining('does not support') } })
    expect((await send('POST', at('/work_pools/'), { name: 'managed', type: 'prefect:managed' })).status).toBe(201)
    expect((await send('POST', at('/work_pools/', 'other/dev'), { name: 'k8s', type: 'kubernetes' })).status).toBe(201)
    const flow = (await send('POST', at('/flows/'), { name: 'etl' })).body
    const create = (name: string) => send('POST', at('/deployments/'), { name, flow_id: flow.id })
    for (const name of ['prod', 'b', 'c', 'd', 'e']) expect((await create(name)).status).toBeLessThan(300)
    expect(await create('f')).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('maximum number of deployments') },
    })
    expect((await create('e')).status).toBe(200)
  })

  test('a budget of an account refuses with the time to wait', async () => {
    const ask = () => send('GET', at('/health', 'other/dev'), undefined, 'robot')
    const answers = await Promise.all(Array.from({ length: 12 }, ask))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect((await ask()).status).toBe(200)
  })
})

describe('faults', () => {
  test('each fails as it says, and is recorded', async () => {
    cloud.clear()
    const path = /^POST \/variables\/$/
    const create = (name: string) => send('POST', at('/variables/'), { name, value: 1 })
    const exists = async (name: string) => (await fetch(`${server.url}/variables/name/${name}`)).status === 200
    cloud.fail('lost-request', { match: path, at: 2 })
    expect((await create('a')).status).toBe(201)
    await expect(create('b')).rejects.toThrow()
    expect(await exists('b')).toBe(false)
    cloud.fail('lost-answer', { match: path })
    await expect(create('c')).rejects.toThrow()
    expect(await exists('c')).toBe(true)
    cloud.fail('cut-json', { match: path })
    await expect(create('d')).rejects.toThrow(SyntaxError)
    expect(await exists('d')).toBe(true)
    cloud.fail('torn-body', { match: path })
    await expect(create('e')).rejects.toThrow()
    cloud.fail('bad-gateway', { match: path })
    await expect(create('f')).rejects.toThrow(SyntaxError)
    cloud.fail('rate-limit', { match: path, times: 2 })
    expect([(await create('g')).status, (await create('g')).status, (await create('g')).status]).toEqual([
      429, 429, 201,
    ])
    cloud.fail({ slowBody: { pieces: 3, pauseMs: 10 } }, { match: path })
    expect((await create('h')).status).toBe(201)
    expect(cloud.calls.map(({ status }) => status)).toEqual([201, 0, 0, 201, 201, 502, 429, 429, 201, 201])
    expect(cloud.calls[0]).toMatchObject({ method: 'POST', path: '/variables/', workspace: 'acme/prod', key: 'owner' })
  })

  test('a key expires and a workspace is deleted for good', async () => {
    const ask = () => send('POST', at('/flows/count'), {})
    cloud.fail('expired-key', { at: 2 })
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([200, 401, 401])
    cloud.setExpired('owner', false)
    cloud.fail('deleted-workspace')
    expect([(await ask()).status, (await ask()).status]).toEqual([404, 404])
    cloud.setDeleted('acme/prod', false)
    expect((await ask()).status).toBe(200)
  })

  test('it serves https with its own authority', async () => {
    const secure = await openCloud({ workspaces: [{ name: 'acme/prod', server: server.url }], tls: true })
    const ca = readFileSync(secure.env.PREFECT_API_SSL_CERT_FILE ?? '', 'utf8')
    const headers = { authorization: `Bearer ${secure.key()}` }
    const url = `${secure.workspaceUrl('acme/prod')}/health`
    const status = await new Promise((resolve, reject) => {
      request(url, { ca, headers }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).toBe(200)
    await secure.close()
  })
})
