import type { ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openFaulty } from '../servers/faults.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'
import { everyKindText, worldOf } from '../support/world.ts'

/*
 * Journals contain the URL of their server, so all runs of a test use one URL.
 */
let server: PrefectServer
let home: string
const secrets = { TOKEN: 'first', WAREHOUSE_LOGIN_LOADER_PASSWORD: 'pw' }
const cli = (...args: readonly string[]): Promise<Ran> => runCli(args, { env: { HOME: home, ...secrets }, cwd: home })
const write = (name: string, text: string): string => {
  writeFileSync(join(home, name), text)
  return join(home, name)
}
const journalOf = ({ stderr }: Ran): string => /undo (\S+\.ndjson)/.exec(stderr)?.[1] ?? ''

const header = 'kind: snapshot\nversion: 1\n'
const small = `${header}---
kind: variable
key: one
spec: {value: 1, tags: [a]}
---
kind: block
key: secret/token
refs: {type: block-type/secret, schema: block-schema/secret/c078ed9c}
secrets:
  /data/value: {env: TOKEN}
---
kind: flow
key: etl
spec: {tags: [x]}
---
kind: deployment
key: etl/prod
refs: {flow: flow/etl, queue: work-queue/pool/fast}
spec:
  parameters: {n: 1, x: 2.0}
  paused: false
  schedules: [{cron: 0 6 * * *, slug: daily, active: false}]
---
kind: work-pool
key: pool
spec: {type: process, is_paused: false}
---
kind: work-queue
key: pool/fast
refs: {pool: work-pool/pool}
spec: {is_paused: false, priority: 1}
---
kind: work-queue
key: pool/default
refs: {pool: work-pool/pool}
spec: {description: "The work pool's default queue.", is_paused: false, priority: 2}
---
kind: automation
key: a
spec:
  enabled: false
  trigger: {type: event, posture: Reactive, expect: [never], match: {prefect.resource.id: 'prefect.automation.<ref:automation/b>'}}
---
kind: automation
key: b
spec:
  enabled: false
  trigger: {type: event, posture: Reactive, expect: [never]}
  actions: [{type: pause-automation, source: selected, automation_id: '<ref:automation/a>'}]
`
/** The built-in type and schema that the block in a snapshot needs, from a real server's export. */
let stock = ''

beforeAll(async () => {
  server = await freshServer(newest)
  const documents = everyKindText().split('---\n')
  stock = documents.filter((text) => /^kind: block-(type|schema)\nkey: secret(\/|\n)/.test(text)).join('---\n')
})
afterAll(() => server?.stop())
beforeEach(async () => {
  home = newHome()
  await server.stop()
  server = await freshServer(newest, { port: server.port })
})

const whole = (text: string): string => `${text}---\n${stock}`

describe('undo', () => {
  test('of an apply that created everything: the server is in its previous state', async () => {
    const before = await worldOf(server.url)
    const applied = await cli('apply', write('s.yaml', whole(small)), '--api-url', server.url, '--yes')
    expect(applied.exit, applied.stderr).toBe(0)
    const journal = readFileSync(journalOf(applied), 'utf8')
    expect(journal).not.toContain('first')
    const undone = await cli('undo', journalOf(applied), '--api-url', server.url, '--yes')
    expect(undone.exit, undone.stderr + undone.stdout).toBe(0)
    expect(await worldOf(server.url)).toEqual(before)
  })

  test('of an apply that updated, created and deleted: changes are reverted, and the undo can be undone', async () => {
    await cli('apply', write('s.yaml', whole(small)), '--api-url', server.url, '--yes')
    const before = await worldOf(server.url)
    const edited = whole(small)
      .replace('value: 1', 'value: {deep: [1.0, two]}')
      .replace('cron: 0 6 * * *', 'cron: 30 7 * * *')
      .replace('parameters: {n: 1, x: 2.0}', 'parameters: {n: 2}')
      .replace('tags: [x]', 'tags: [x, y]')
      .replace(/---\nkind: automation\nkey: a\n[\s\S]*?(?=---)/, '')
      .replace("automation_id: '<ref:automation/a>'", "automation_id: '<ref:automation/b>'")
    const applied = await cli('apply', write('e.yaml', edited), '--api-url', server.url, '--yes', '--prune')
    expect(applied.exit, applied.stderr).toBe(0)
    const after = await worldOf(server.url)
    expect(after).not.toEqual(before)
    const undone = await cli('undo', journalOf(applied), '--api-url', server.url, '--yes')
    expect(undone.exit, undone.stderr + undone.stdout).toBe(0)
    expect(await worldOf(server.url)).toEqual(before)
    const redone = await cli('undo', journalOf(undone), '--api-url', server.url, '--yes')
    expect(redone.exit, redone.stderr + redone.stdout).toBe(0)
    expect(await worldOf(server.url)).toEqual(after)
  })

  test('of a switch of one automation among several with the same name', async () => {
    const twin = (n: number, enabled: boolean) =>
      `---\nkind: automation\nkey: twin#0000000${n}\nspec: {enabled: ${enabled}, trigger: {type: event, posture: Reactive, expect: [undo.${n}]}}\n`
    const twins = (enabled: number) => header + [1, 2, 3].map((n) => twin(n, n === enabled)).join('')
    await cli('apply', write('s.yaml', twins(3)), '--api-url', server.url, '--yes')
    const before = await worldOf(server.url)
    for (const other of [1, 2]) {
      const applied = await cli('apply', write('e.yaml', twins(other)), '--api-url', server.url, '--yes')
      expect(applied.exit, applied.stderr).toBe(0)
      const undone = await cli('undo', journalOf(applied), '--api-url', server.url, '--yes')
      expect(undone.exit, undone.stderr + undone.stdout).toBe(0)
      expect(await worldOf(server.url)).toEqual(before)
    }
  })

  test('refuses resources that have changed since, with the reason, and reverts the rest', async () => {
    const applied = await cli('apply', write('s.yaml', whole(small)), '--api-url', server.url, '--yes')
    const patch = await fetch(`${server.url}/variables/name/one`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"value": 2}',
    })
    expect(patch.status).toBe(204)
    const undone = await cli('undo', journalOf(applied), '--api-url', server.url, '--yes')
    expect(undone.exit).toBe(5)
    expect(undone.stderr).toMatch(/changed-since.*variable\/one.*\/spec\/value/)
    expect((await fetch(`${server.url}/variables/name/one`)).status).toBe(200)
    expect((await fetch(`${server.url}/flows/name/etl`)).status).toBe(404)
  })

  test('of an apply that was killed', async () => {
    const before = await worldOf(server.url)
    const { port } = server
    // The journal must contain the URL of the undo: the proxy replaces the server.
    let child: ChildProcess | undefined
    const proxy = await openFaulty(server.url, ({ write, mutating }) => {
      if (mutating && write === 7) setTimeout(() => child?.kill('SIGKILL'), 20)
      return undefined
    })
    const killed = await runCli(
      ['apply', write('s.yaml', whole(small)), '--api-url', proxy.url, '--yes', '--journal', join(home, 'j.ndjson')],
      {
        env: { HOME: home, ...secrets },
        started: (process) => (child = process),
      },
    )
    expect(killed.exit).toBeNull()
    const undone = await cli('undo', join(home, 'j.ndjson'), '--api-url', proxy.url, '--yes')
    expect(undone.exit, undone.stderr + undone.stdout).toBe(0)
    expect(await worldOf(`http://127.0.0.1:${port}/api`)).toEqual(before)
    await proxy.close()
  })

  test('of an apply that partly failed: completed changes are reverted', async () => {
    const before = await worldOf(server.url)
    const proxy = await openFaulty(server.url, ({ method, path }) =>
      method === 'POST' && path === '/deployments/' ? 'busy' : undefined,
    )
    const broken = `${whole(small)}---\nkind: flow\nkey: other\n`
    const failed = await runCli(
      ['apply', write('s.yaml', broken), '--api-url', proxy.url, '--yes', '--journal', join(home, 'j.ndjson')],
      {
        env: { HOME: home, ...secrets, PREFECT_CLIENT_MAX_RETRIES: '0' },
      },
    )
    expect(failed.exit).toBe(5)
    expect(failed.stderr).toMatch(/deployment etl\/prod … FAILED/)
    const undone = await cli('undo', join(home, 'j.ndjson'), '--api-url', proxy.url, '--yes')
    expect(undone.exit, undone.stderr + undone.stdout).toBe(0)
    expect(await worldOf(server.url)).toEqual(before)
    await proxy.close()
  })

  test('reports another server, a damaged journal, and a missing one', async () => {
    const applied = await cli('apply', write('s.yaml', whole(small)), '--api-url', server.url, '--yes')
    const proxy = await openFaulty(server.url, () => undefined)
    const elsewhere = await cli('undo', journalOf(applied), '--api-url', proxy.url, '--yes')
    expect(elsewhere.exit).toBe(6)
    await proxy.close()
    const damaged = await cli('undo', write('d.ndjson', 'not json\n'), '--api-url', server.url, '--yes')
    expect(damaged.exit).toBe(3)
    expect(damaged.stderr).toMatch(/invalid-journal.*|d\.ndjson:1/)
    const none = await cli('undo', join(home, 'none.ndjson'), '--api-url', server.url, '--yes')
    expect(none.exit).toBe(3)
  })
})
