import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { type Cloud, openCloud } from '../support/cloud/cloud.ts'
import { command } from '../support/command.ts'
import { withoutHeader } from '../support/journey.ts'

/** What only Prefect Cloud has: carried from workspace to workspace, and named before the first write to a server. */

type Fields = Readonly<Record<string, unknown>>

const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-'))
let cloud: Cloud
let server: PrefectServer

/** A request to a workspace as its clients send it, without any code of ours. */
async function http(workspace: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${cloud.workspaceUrl(workspace)}${path}`, {
    method,
    headers: { authorization: `Bearer ${cloud.key()}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? null : JSON.parse(text)
}
const idOf = (row: unknown) => String((row as Fields).id)

const metric = {
  type: 'metric',
  metric: { name: 'successes', operator: '<', threshold: 0.9, range: 86_400, firing_for: 300 },
  match: { 'prefect.resource.id': 'prefect.flow-run.*' },
}

const template = '{"event": "order.shipped", "resource": {"prefect.resource.id": "order.{{ body.id }}"}}'
const version = { type: 'vcs:github', version: 'abc123', commit_sha: 'abc123', url: 'https://example.org/load' }

/** Makes what only Cloud has, next to what it needs. */
async function fill(workspace: string): Promise<void> {
  const flow = idOf(await http(workspace, 'POST', '/flows/', { name: 'load' }))
  const make = (name: string, more: Fields) =>
    http(workspace, 'POST', '/deployments/', { name, flow_id: flow, entrypoint: 'load.py:load', paused: true, ...more })
  const nightly = idOf(
    await make('nightly', { branch: 'main', base: 'b0', root: 'flows', version_info: version, disabled: true }),
  )
  const plain = idOf(await make('plain', {}))
  await http(workspace, 'POST', `/slas/apply-resource-slas/prefect.deployment.${plain}`, [
    { name: 'behind time', within: 60 },
  ])
  await http(workspace, 'POST', `/slas/apply-resource-slas/prefect.deployment.${nightly}`, [
    { name: 'in time', severity: 'high', duration: 600 },
    { name: 'fresh', severity: 'low', stale_after: 3600, enabled: false },
  ])
  await http(workspace, 'POST', '/webhooks/', { name: 'shipped', description: 'orders', template })
  await http(workspace, 'POST', '/webhooks/', {
    name: 'paid',
    template,
    enabled: false,
    service_account_id: '11111111-2222-4333-8444-555555555555',
  })
  await http(workspace, 'POST', '/automations/', {
    name: 'too many failures',
    enabled: true,
    trigger: metric,
    actions: [
      { type: 'declare-incident' },
      {
        type: 'send-email-notification',
        subject: 'Failures',
        body: 'See {{ automation.name }}',
        emails: ['ops@example.org'],
      },
      { type: 'pause-schedule-for-flow-run' },
    ],
    actions_on_resolve: [{ type: 'resume-schedule-for-flow-run' }],
  })
  await http(workspace, 'POST', '/automations/', {
    name: 'incident',
    enabled: false,
    trigger: metric,
    actions: [{ type: 'declare-incident' }],
  })
}

/** What only Cloud has, by name and without what differs between workspaces. */
async function cloudOnly(workspace: string): Promise<unknown> {
  const list = async (path: string) => (await http(workspace, 'POST', path, {})) as Fields[]
  const deployments = await list('/deployments/filter')
  const names = new Map(deployments.map((row) => [`prefect.deployment.${idOf(row)}`, row.name]))
  const pick = (row: Fields, fields: readonly string[]) => Object.fromEntries(fields.map((name) => [name, row[name]]))
  const isSet = ([, value]: readonly [string, unknown]) => value !== null && value !== undefined
  const ordered = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(isSet)
            .sort()
            .map(([name, item]) => [name, ordered(item)]),
        )
      : value
  const sorted = (rows: readonly Fields[]) => rows.map((row) => JSON.stringify(ordered(row))).sort()
  const withoutIds = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, item) => (key === 'block_document_id' || key === 'id' ? undefined : item)))
  return {
    deployments: sorted(
      deployments.map((row) => pick(row, ['name', 'branch', 'base', 'root', 'version_info', 'disabled', 'paused'])),
    ),
    slas: sorted(
      (await list('/slas/filter')).map((row) => ({
        of: names.get(String(row.owner_resource)),
        ...pick(row, ['name', 'severity', 'enabled', 'duration', 'stale_after', 'within']),
      })),
    ),
    webhooks: sorted(
      (await list('/webhooks/filter')).map((row) => pick(row, ['name', 'description', 'enabled', 'template'])),
    ),
    automations: withoutIds(
      [...(await list('/automations/filter'))]
        .sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1))
        .map((row) => pick(row, ['name', 'enabled', 'trigger', 'actions', 'actions_on_resolve'])),
    ),
  }
}

beforeAll(async () => {
  cloud = await openCloud({ workspaces: [{ name: 'acme/prod' }, { name: 'other/copy' }] })
  server = await freshServer('3.8.8')
  await fill('acme/prod')
})
afterAll(async () => {
  await cloud?.close()
  await server?.stop()
})

const env = () => ({ ...cloud.env, PREFECT_API_KEY: cloud.key() })
const run = (...args: readonly string[]) => command(args, env(), dir)
const at = (name: string) => ['--api-url', cloud.workspaceUrl(name)]
const writes = () =>
  cloud.calls.filter(({ method, path }) => method !== 'GET' && !/\/(filter|count|paginate)$/.test(path))

describe('from Cloud to Cloud, another account', () => {
  test('an export holds it without an ID, is valid, and is the same each time', async () => {
    const { exit, err } = await run('export', ...at('acme/prod'), '-o', 'prod.yaml')
    expect(exit, err).toBe(0)
    const text = readFileSync(join(dir, 'prod.yaml'), 'utf8')
    for (const part of [
      'kind: webhook',
      'kind: sla',
      'branch: main',
      'disabled: true',
      'type: metric',
      'declare-incident',
    ])
      expect(text).toContain(part)
    expect(withoutHeader(text)).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/)
    expect(err).toContain('the service account that may call it')
    expect((await run('validate', 'prod.yaml')).exit).toBe(0)
    await run('export', ...at('acme/prod'), '-o', 'again.yaml')
    expect(readFileSync(join(dir, 'again.yaml'), 'utf8')).toBe(text)
  })

  test('an apply makes the same there; a second one writes nothing', async () => {
    const applied = await run('apply', 'prod.yaml', '--yes', ...at('other/copy'))
    expect(applied.exit, applied.out + applied.err).toBe(0)
    expect(await cloudOnly('other/copy')).toEqual(await cloudOnly('acme/prod'))
    cloud.clear()
    const again = await run('apply', 'prod.yaml', '--yes', ...at('other/copy'))
    expect(again.exit, again.out + again.err).toBe(0)
    expect(writes()).toEqual([])
  })

  test('each of it is updated, and deleted with --prune', async () => {
    const text = readFileSync(join(dir, 'prod.yaml'), 'utf8')
    const edited = text
      .replace('branch: main', 'branch: next')
      .replace('disabled: true', 'disabled: false')
      .replace('severity: high', 'severity: critical')
      .replace('description: orders', 'description: shipped orders')
      .replace('threshold: 0.9', 'threshold: 0.5')
    writeFileSync(join(dir, 'edited.yaml'), edited)
    const updated = await run('apply', 'edited.yaml', '--yes', ...at('other/copy'))
    expect(updated.exit, updated.out + updated.err).toBe(0)
    const there = JSON.stringify(await cloudOnly('other/copy'))
    for (const part of ['next', 'critical', 'shipped orders', '0.5', String.raw`\"disabled\":false`])
      expect(there).toContain(part)
    expect(there).not.toContain(String.raw`\"disabled\":true`)
    expect((await run('plan', 'edited.yaml', ...at('other/copy'))).exit).toBe(0)
    const gone = ['kind: webhook\nkey: paid', 'kind: sla\nkey: load/plain', 'kind: automation\nkey: incident']
    const documents = edited.split('---\n').filter((one) => !gone.some((begin) => one.startsWith(`${begin}\n`)))
    writeFileSync(join(dir, 'less.yaml'), documents.join('---\n'))
    const pruned = await run('apply', 'less.yaml', '--yes', '--prune', '--override-change-limit', ...at('other/copy'))
    expect(pruned.exit, pruned.out + pruned.err).toBe(0)
    const left = (await cloudOnly('other/copy')) as { slas: unknown[]; webhooks: unknown[]; automations: unknown[] }
    expect([left.slas.length, left.webhooks.length, left.automations.length]).toEqual([2, 1, 1])
    expect(JSON.stringify(left)).not.toMatch(/paid|behind time|"incident"/)
  })
})

test('towards a server each of it is named before the first write, and the rest is written', async () => {
  const to = ['--api-url', server.url]
  const planned = await run('plan', 'prod.yaml', ...to)
  expect(planned.exit, planned.out + planned.err).toBe(9)
  const told = (planned.out + planned.err).replaceAll(/\s+/g, ' ')
  for (const line of [
    'webhook/shipped: only Prefect Cloud has webhook',
    'sla/load/nightly: only Prefect Cloud has sla',
    'deployment/load/nightly /spec/disabled: only Prefect Cloud has it, and without it it would make runs, although it is disabled',
    'automation/too many failures /spec/trigger: only Prefect Cloud has metric',
  ])
    expect(told).toContain(line)
  const refused = await run('apply', 'prod.yaml', '--yes', ...to)
  expect(refused.exit).toBe(9)
  const read = await fetch(`${server.url}/flows/count`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  expect(await read.json()).toBe(0)
  const applied = await run('apply', 'prod.yaml', '--yes', '--skip-unsupported', ...to)
  expect(applied.exit, applied.out + applied.err).toBe(0)
  const rows = await fetch(`${server.url}/deployments/filter`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  expect(((await rows.json()) as Fields[]).map(({ name }) => name)).toEqual(['plain'])
})
