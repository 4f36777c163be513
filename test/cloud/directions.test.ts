import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { isWrite, openTap, type Tap } from '../servers/tap.ts'
import { newest } from '../servers/versions.ts'
import { type Cloud, openCloud, ownerScopes, secretsScope } from '../support/cloud/cloud.ts'
import { command, type planOf } from '../support/command.ts'
import { good } from '../support/journey.ts'
import { plainHttp, type Row } from '../support/plain-http.ts'
import { everyKind, servedWorld } from '../support/world.ts'
import { type Content, compared, contentOf } from '../versions/content.ts'

/*
 * The world of every kind, moved between self-hosted servers and workspaces of Cloud in each direction. From one server to another
 * is in test/flow/transfer.test.ts.
 */
const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-'))
const emailActions = [{ type: 'send-email-notification', subject: 'late', body: 'see', emails: ['a@example.com'] }]
const metric = {
  type: 'metric',
  metric: { name: 'successes', operator: '<', threshold: 0.5, range: 300, firing_for: 300 },
}
const event = { type: 'event', posture: 'Reactive', expect: ['x'], threshold: 1, within: 0 }
const cloudAutomations: Readonly<Record<string, Row>> = {
  'few successes': { trigger: metric, actions: [{ type: 'do-nothing' }] },
  incident: { trigger: event, actions: [{ type: 'declare-incident' }] },
  mail: { trigger: event, actions: emailActions },
  'stop schedule': { trigger: event, actions: [{ type: 'pause-schedule-for-flow-run' }] },
}
const agreements = [{ name: 'quick', severity: 'high', duration: 600 }]
const versionInfo = { type: 'vcs:git', version: 'abc123' }

let self: { readonly server: PrefectServer }
let target: PrefectServer
let tap: Tap
let cloud: Cloud
let profiles: string
/** What the sources have before the first transfer. */
let sources: Readonly<Record<string, Content>>

beforeAll(async () => {
  cloud = await openCloud({
    workspaces: ['acme/prod', 'acme/empty', 'acme/next', 'other/main'].map((name) => ({ name, version: newest })),
    keys: { owner: {}, blind: { scopes: ownerScopes.filter((scope) => scope !== secretsScope) } },
  })
  ;[self, target] = await Promise.all([servedWorld(), freshServer(newest), fillCloud()])
  tap = await openTap(target.url)
  const managed = { name: 'theirs', type: 'prefect:managed' }
  await plainHttp(self.server.url).post('/work_pools/', managed)
  sources = {
    self: await contentOf(self.server.url),
    'acme/prod': await contentOf(await cloud.serverUrl('acme/prod')),
  }
  const workspaces = Object.fromEntries(
    ['acme/prod', 'acme/empty', 'acme/next', 'other/main'].map((workspace) => [workspace, { workspace }]),
  )
  const own = { self: self.server.url, target: tap.url }
  const servers = Object.entries(own).map(([name, url]) => `[profiles.${name}]\nPREFECT_API_URL = "${url}"\n`)
  profiles = join(dir, 'profiles.toml')
  const named = { ...workspaces, blind: { workspace: 'acme/prod', key: 'blind' } }
  const quoted = cloud.profiles(named).replaceAll(/^\[profiles\.(.*)\]$/gm, '[profiles."$1"]')
  writeFileSync(profiles, [quoted, ...servers].join('\n'))
})
afterAll(async () => {
  await tap?.close()
  await cloud?.close()
  await self?.server.stop()
  await target?.stop()
})

/** A request as any client of Cloud would send it. */
async function ask(workspace: string, method: string, path: string, body?: unknown): Promise<Row> {
  const init = { method, headers: { authorization: `Bearer ${cloud.key()}`, 'content-type': 'application/json' } }
  const sent = body === undefined ? init : { ...init, body: JSON.stringify(body) }
  const response = await fetch(`${cloud.workspaceUrl(workspace)}${path}`, sent)
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? {} : JSON.parse(text)
}
const rowsOf = (workspace: string, path: string) =>
  ask(workspace, 'POST', `${path}/filter`, {}) as unknown as Promise<Row[]>

/** A workspace with the world of every kind, and with what only Cloud has. */
async function fillCloud(): Promise<void> {
  const env = { ...cloud.env, PREFECT_API_KEY: cloud.key() }
  const to = ['--api-url', cloud.workspaceUrl('acme/prod')]
  good(await command(['apply', everyKind, '--yes', '--skip-unsupported', ...to], env, dir))
  const send = (method: string, path: string, body: unknown) => ask('acme/prod', method, path, body)
  for (const [name, automation] of Object.entries(cloudAutomations))
    await send('POST', '/automations/', { name, ...automation })
  await send('POST', '/work_pools/', { name: 'theirs', type: 'prefect:managed' })
  await send('POST', '/webhooks/', { name: 'github', template: '{"event": "push"}' })
  const deployments = Object.fromEntries((await rowsOf('acme/prod', '/deployments')).map((row) => [row.name, row.id]))
  await send('PATCH', `/deployments/${deployments.staging}`, { branch: 'main', root: 'src', version_info: versionInfo })
  await send('PATCH', `/deployments/${deployments.local}`, { disabled: true })
  await send('POST', `/slas/apply-resource-slas/prefect.deployment.${deployments.prod}`, agreements)
}

const run = (...args: readonly string[]) => command(args, { ...cloud.env, PREFECT_PROFILES_PATH: profiles }, dir)
/** The write requests of both sides since the last `clear`. */
const writes = () => [...cloud.calls, ...tap.requests].filter(isWrite)
const clear = () => {
  cloud.clear()
  tap.clear()
}
/** The API's URL of the real server of a profile, past every rule of Cloud. */
const serverOf = async (profile: string): Promise<string> =>
  ({ self: self.server.url, target: target.url })[profile] ?? cloud.serverUrl(profile)

/** What only Cloud has in a workspace, as its clients see it, without what a workspace makes by itself. */
async function cloudParts(workspace: string): Promise<unknown> {
  const automations = (await rowsOf(workspace, '/automations')).filter(({ name }) => String(name) in cloudAutomations)
  const deployments = await rowsOf(workspace, '/deployments')
  const webhooks = await rowsOf(workspace, '/webhooks')
  const nameOf = new Map(deployments.map(({ id, name }) => [`prefect.deployment.${id}`, name]))
  const bare = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, item) => (/^(block_document_)?id$/.test(key) ? undefined : item)))
  return {
    automations: automations
      .map(({ name, trigger, actions, enabled }) => bare({ name, trigger, actions, enabled }))
      .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    deployments: deployments
      .map(({ name, branch, base, root, version_info, disabled }) => [name, branch, base, root, version_info, disabled])
      .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    webhooks: webhooks.map(({ name, template, description, enabled }) => ({ name, template, description, enabled })),
    agreements: (await rowsOf(workspace, '/slas')).map(({ name, severity, duration, owner_resource }) => [
      ...[name, severity, duration],
      nameOf.get(String(owner_resource)),
    ]),
  }
}

const onlyCloud = [
  ...Object.keys(cloudAutomations).map((name) => `automation/${name}`),
  'deployment/report/local',
  // They refer to the deployment, which is disabled.
  'automation/tell when stuck',
  'saved-search/late etl runs',
  'sla/etl/prod',
  'webhook/github',
]
const directions = [
  { from: 'self', to: 'acme/empty', stays: ['default-result-storage/server'], fields: [] },
  { from: 'acme/prod', to: 'target', stays: onlyCloud, fields: ['branch', 'root', 'version_info'] },
  { from: 'acme/prod', to: 'acme/next', stays: [], fields: [] },
  { from: 'acme/prod', to: 'other/main', stays: [], fields: [] },
]

describe.each(directions)('from $from to $to', ({ from, to, stays, fields }) => {
  const transfer = (...flags: readonly string[]) => run('transfer', '--from', from, '--to', to, ...flags)
  /** What the plan has named. */
  let named: { ref: string; pointer?: string | undefined }[]

  test('what the destination cannot have is named before the first write, and nothing else', async () => {
    clear()
    const { exit, out, err, issues } = await transfer('--yes', '-f', 'json')
    expect(exit, err + JSON.stringify(issues)).toBe(9)
    expect(writes()).toEqual([])
    const plan = JSON.parse(out) as Awaited<ReturnType<typeof planOf>>
    const downgraded = plan.issues.filter(({ code }) => code === 'downgraded')
    expect(plan.unsupported.map(({ ref }) => decodeURIComponent(ref)).sort()).toEqual(
      [...stays, 'work-pool/theirs', 'work-queue/theirs/default'].sort(),
    )
    expect(downgraded.map(({ ref, pointer }) => `${ref} ${pointer}`).sort()).toEqual(
      fields.map((name) => `deployment/etl/staging /spec/${name}`),
    )
    named = [
      ...plan.unsupported.map(({ ref }) => ({ ref })),
      ...downgraded.map(({ ref = '', pointer }) => ({ ref, pointer })),
    ]
  })

  test('all else is created paused or disabled, and a second transfer writes nothing', async () => {
    good(await transfer('--yes', '--skip-unsupported'))
    const http = plainHttp(await serverOf(to))
    const deployments = await http.list('/deployments/filter', {})
    const automations = await http.list('/automations/filter', {})
    expect([deployments.length > 10, automations.length > 3]).toEqual([true, true])
    expect(deployments.filter(({ paused }) => !paused)).toEqual([])
    expect(automations.filter(({ enabled }) => enabled)).toEqual([])
    clear()
    expect(good(await transfer('--yes', '--skip-unsupported')).out).toMatch(/Nothing to do|0 to create, 0 to update/)
    expect(writes()).toEqual([])
  })

  test('activated, both are equal by plain HTTP but for what was named', async () => {
    clear()
    good(await transfer('--yes', '--skip-unsupported', '--activation', 'snapshot', '--override-change-limit'))
    const { unnamed, arrived, leftOut } = compared(
      sources[from] ?? new Map(),
      await contentOf(await serverOf(to)),
      named,
      { from: newest, to: newest },
    )
    expect(unnamed).toEqual([])
    expect(arrived).toBeGreaterThan(90)
    expect(leftOut.length).toBeLessThanOrEqual(stays.length + 2)
    if (from === 'acme/prod' && to !== 'target') expect(await cloudParts(to)).toEqual(await cloudParts(from))
  })
})

test('the sources are as they were', async () => {
  for (const [name, content] of Object.entries(sources))
    expect(await contentOf(await serverOf(name)), name).toEqual(content)
})

test('what only Cloud has is there at the source', async () => {
  expect(await cloudParts('acme/prod')).toMatchObject({
    automations: Object.keys(cloudAutomations)
      .sort()
      .map((name) => expect.objectContaining({ name })),
    deployments: expect.arrayContaining([
      ['staging', 'main', null, 'src', versionInfo, false],
      ['local', null, null, null, null, true],
    ]),
    webhooks: [{ name: 'github', enabled: true }],
    agreements: [['quick', 'high', 600, 'prod']],
  })
})

test('secrets that the key of the source may not see are named before the first write, unless the destination has them', async () => {
  const fresh = await freshServer(newest)
  const freshTap = await openTap(fresh.url)
  const more = `\n[profiles.fresh]\nPREFECT_API_URL = "${freshTap.url}"\n`
  appendFileSync(profiles, more)
  const refused = await run('transfer', '--from', 'blind', '--to', 'fresh', '--yes', '--skip-unsupported')
  expect(refused.exit).not.toBe(0)
  expect(refused.err + refused.out + JSON.stringify(refused.issues)).toContain('missing-secret')
  expect(freshTap.writes()).toEqual([])
  clear()
  good(await run('transfer', '--from', 'blind', '--to', 'acme/next', '--yes', '--skip-unsupported'))
  expect(writes()).toEqual([])
  await freshTap.close()
  await fresh.stop()
})
