import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { isThorough, newest } from '../servers/versions.ts'
import { type Cloud, openCloud } from '../support/cloud/cloud.ts'
import { plainHttp } from '../support/plain-http.ts'
import { openSandbox, type Sandbox } from '../support/sandbox.ts'
import { servedWorld } from '../support/world.ts'

/*
 * Types the commands of docs/how-to/, one line after another: no deployment and no automation is ever active on both sides, and none
 * is lost. The workspace that the first page fills is the source of the others.
 */
let self: PrefectServer
let filled: PrefectServer
let cloud: Cloud
const servers: PrefectServer[] = []
const clouds: Cloud[] = []

async function start(): Promise<PrefectServer> {
  const server = await freshServer(newest)
  servers.push(server)
  return server
}

async function open(workspaces: Readonly<Record<string, PrefectServer>>): Promise<Cloud> {
  const opened = await openCloud({
    workspaces: Object.entries(workspaces).map(([name, { url }]) => ({ name, server: url })),
  })
  clouds.push(opened)
  return opened
}

function sandbox(of: Cloud, workspace: string, selfHosted?: PrefectServer): Sandbox {
  const opened = openSandbox(of.env)
  const own = selfHosted ? `\n[profiles.self-hosted]\nPREFECT_API_URL = "${selfHosted.url}"\n` : ''
  writeFileSync(join(opened.home, '.prefect/profiles.toml'), `${of.profiles({ cloud: { workspace } })}${own}`)
  return opened
}

/** The deployments and automations of a server that are active, by plain HTTP. */
async function active({ url }: PrefectServer): Promise<string[]> {
  const http = plainHttp(url)
  const flows = new Map((await http.list('/flows/filter', {})).map(({ id, name }) => [id, name]))
  const deployments = (await http.list('/deployments/filter', {})).filter(({ paused }) => !paused)
  const automations = (await http.list('/automations/filter', {})).filter(({ enabled }) => enabled)
  return [
    ...deployments.map(({ flow_id, name }) => `${flows.get(flow_id)}/${name}`),
    ...automations.map(({ name }) => `automation ${name}`),
  ].sort()
}

/** What each line left active on the old and the new side, without repetitions. */
async function typed(page: string, { bash }: Sandbox, old: PrefectServer, next: PrefectServer) {
  const text = readFileSync(join('docs/how-to', page), 'utf8')
  const lines = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) => block.trimEnd().split('\n'))
  expect(lines.length).toBeGreaterThan(6)
  const history = [{ old: await active(old), next: await active(next) }]
  const said = new Map<string, string>()
  for (const line of lines) {
    const { exit, stdout, stderr } = await bash(line)
    // Preflight checks end with 1 for what the destination cannot have, which the pages say.
    const expected = line.includes(' doctor ') && stdout.includes('unsupported') ? 1 : 0
    expect(exit, `${line}\n${stdout}${stderr}`).toBe(expected)
    said.set(line, stdout + stderr)
    if (/ (doctor|verify|plan|diff|export) |--dry-run/.test(line)) continue
    const now = { old: await active(old), next: await active(next) }
    expect(
      now.old.filter((name) => now.next.includes(name)),
      line,
    ).toEqual([])
    if (JSON.stringify(now) !== JSON.stringify(history.at(-1))) history.push(now)
  }
  const output = (part: string) => [...said].find(([line]) => line.includes(part))?.[1] ?? ''
  return { history, output }
}

beforeAll(async () => {
  ;[self, filled] = await Promise.all([servedWorld().then(({ server }) => server), start()])
  servers.push(self)
  cloud = await open({ 'acme/prod': filled })
})
afterAll(async () => {
  for (const one of clouds) await one.close()
  for (const server of servers) await server.stop()
})

test('the list of pages has a link to each', () => {
  const list = readFileSync('docs/README.md', 'utf8')
  for (const page of readdirSync('docs/how-to')) expect(list).toContain(`(how-to/${page})`)
})

describe('every command of a page succeeds, and nothing runs twice or nowhere', () => {
  test('from self-hosted to Cloud', async () => {
    const all = await active(self)
    expect(all.length).toBeGreaterThan(10)
    const { history, output } = await typed('self-hosted-to-cloud.md', sandbox(cloud, 'acme/prod', self), self, filled)
    const [before, none, after] = [
      { old: all, next: [] },
      { old: [], next: [] },
      { old: [], next: all },
    ]
    expect(history).toEqual([before, none, after, none, before, none, after])
    expect(output(' doctor ')).toMatch(/workspace +acme\/prod/)
    expect(output(' --dry-run ')).toContain('Prefect Cloud does not have default-result-storage')
  })

  test.runIf(isThorough)('between workspaces', async () => {
    const next = await start()
    const two = await open({ 'acme/staging': filled, 'acme/prod': next })
    const all = await active(filled)
    const { history } = await typed('between-workspaces.md', sandbox(two, 'acme/prod'), filled, next)
    const [before, none, after] = [
      { old: all, next: [] },
      { old: [], next: [] },
      { old: [], next: all },
    ]
    expect(history).toEqual([before, none, after, none, before])
  })

  test.runIf(isThorough)('from Cloud to self-hosted', async () => {
    const next = await start()
    const headers = { authorization: `Bearer ${cloud.key()}`, 'content-type': 'application/json' }
    const create = async (path: string, body: unknown) =>
      expect(
        (
          await fetch(`${cloud.workspaceUrl('acme/prod')}${path}`, {
            method: 'POST',
            headers,
            body: JSON.stringify(body),
          })
        ).status,
      ).toBe(201)
    await create('/webhooks/', { name: 'github', template: '{"event": "push"}' })
    const trigger = { type: 'event', posture: 'Reactive', expect: ['x'], threshold: 1, within: 0 }
    await create('/automations/', { name: 'incident', trigger, actions: [{ type: 'declare-incident' }] })
    const all = await active(filled)
    const box = sandbox(cloud, 'acme/prod', next)
    const { history, output } = await typed('cloud-to-self-hosted.md', box, filled, next)
    const [before, none] = [
      { old: all, next: [] },
      { old: [], next: [] },
    ]
    const after = { old: [], next: all.filter((name) => name !== 'automation incident') }
    expect(history).toEqual([before, none, after, none, before])
    for (const name of ['webhook', 'declare-incident'])
      expect(output(' --dry-run ')).toContain(`only Prefect Cloud has ${name}`)
    // Nothing but what was named.
    expect(output(' diff ')).toMatch(/automation incident/)
  })
})
