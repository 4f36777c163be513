import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/all.ts'
import { openFaulty } from '../servers/faults.ts'
import { runCli } from '../support/cli.ts'
import { type Cloud, type CloudFault, type FaultPlace, openCloud } from '../support/cloud/cloud.ts'
import { command } from '../support/command.ts'
import { deletePlatform, type Plain, plainHttp } from '../support/plain-http.ts'

/*
 * Each way in which a connection to Cloud fails, with what the user reads, the exit code, and one law: what is reported as done
 * is done on the server, and what is reported as not done is not. The server is asked by plain HTTP.
 */

/** Workspaces have no default result storage. */
const ofCloud = kinds.filter(({ name }) => name !== 'default-result-storage')
const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-failures-'))
let cloud: Cloud
let http: Plain

/** Three variables are created, two updated and three deleted. */
const wanted = ['new-1', 'new-2', 'new-3', 'upd-1', 'upd-2']
const variable = (name: string) => `---\nkind: variable\nkey: ${name}\nspec: {value: after}\n`
const snapshot = `kind: snapshot\nversion: 1\nscope: {include: [variable/*]}\n${wanted.map(variable).join('')}`

beforeAll(async () => {
  cloud = await openCloud({ workspaces: [{ name: 'acme/prod' }] })
  http = plainHttp(await cloud.serverUrl('acme/prod'))
  writeFileSync(join(dir, 'f.yaml'), snapshot)
})
beforeEach(async () => {
  cloud.heal()
  cloud.setExpired('owner', false)
  cloud.setScopes('owner')
  cloud.setDeleted('acme/prod', false)
  await deletePlatform(await cloud.serverUrl('acme/prod'))
  for (const name of ['upd-1', 'upd-2', 'old-1', 'old-2', 'old-3'])
    await http.post('/variables/', { name, value: 'before' })
  cloud.clear()
})
afterAll(() => cloud?.close())

const env = () => ({ ...cloud.env, PREFECT_API_KEY: cloud.key(), PREFECT_API_URL: cloud.workspaceUrl('acme/prod') })
const run = (...args: readonly string[]) => command(args, env(), dir, { kinds: ofCloud, serverTimeoutMs: 500 })
const apply = (...args: readonly string[]) =>
  run('apply', 'f.yaml', '--prune', '--override-change-limit', '--concurrency', '1', '--yes', ...args)

interface Report {
  readonly outcomes: readonly { readonly id: string; readonly status: string }[]
  readonly changes: readonly { readonly ref: string; readonly action: string }[]
  readonly journal?: string
  readonly issues: readonly { readonly code: string; readonly message: string; readonly fix?: string }[]
}

async function values(): Promise<ReadonlyMap<string, unknown>> {
  return new Map((await http.list('/variables/filter', {})).map(({ name, value }) => [String(name), value]))
}

/** The law. Returns the number of outcomes of each status. */
async function held({ outcomes, changes }: Report) {
  const now = await values()
  const counts: Record<string, number> = {}
  for (const { id, status } of outcomes) {
    counts[status] = (counts[status] ?? 0) + 1
    const [change] = changes.filter(({ ref }) => ref === id)
    const value = now.get(id.replace('variable/', ''))
    const isDone = change?.action === 'delete' ? value === undefined : value === 'after'
    expect([id, isDone], `${id} is reported as ${status}`).toEqual([id, status === 'done'])
  }
  return counts
}

interface Row {
  readonly name: string
  readonly fault: CloudFault
  readonly place: FaultPlace
  readonly exit: number
  /** In the text for the user. */
  readonly says?: readonly (string | RegExp)[]
  readonly counts: Readonly<Record<string, number>>
}

/** Everything is done in spite of it. */
function whole(name: string, fault: CloudFault, place: FaultPlace): Row {
  return { name, fault, place, exit: 0, counts: { done: 8 } }
}

const write = /^(POST \/variables\/$|PATCH|DELETE)/
const rows: readonly Row[] = [
  ...[1, 3, 5, 8].map(
    (at): Row => ({
      name: `the key expires at write ${at}`,
      fault: 'expired-key',
      place: { match: write, at },
      exit: at === 1 ? 4 : 5,
      says: ['The apply was stopped', 'Prefect Cloud rejected the API key', 'Then run the command again'],
      counts: { ...(at > 1 ? { done: at - 1 } : {}), failed: 1, ...(at < 8 ? { 'not-started': 8 - at } : {}) },
    }),
  ),
  ...[1, 4, 7].map(
    (at): Row => ({
      name: `the workspace is deleted at write ${at}`,
      fault: 'deleted-workspace',
      place: { match: write, at },
      exit: at === 1 ? 4 : 5,
      says: ['The apply was stopped', 'there is no such workspace', 'Then run the command again'],
      counts: { ...(at > 1 ? { done: at - 1 } : {}), failed: 1, 'not-started': 8 - at },
    }),
  ),
  ...[1, 3, 7].map(
    (at): Row => ({
      name: `the key may only read from write ${at} on`,
      fault: 'demoted-key',
      place: { match: write, at },
      exit: at === 1 ? 4 : 5,
      says: ['The apply was stopped', 'the credentials do not permit this request', 'Then run the command again'],
      counts: { ...(at > 1 ? { done: at - 1 } : {}), failed: 1, 'not-started': 8 - at },
    }),
  ),
  {
    name: 'a delete answers 404, but not of the object',
    fault: { answer: { status: 404, detail: 'Not Found' } },
    place: { match: /^DELETE/, at: 2 },
    exit: 5,
    says: ['DELETE /variables/'],
    counts: { done: 7, failed: 1 },
  },
  {
    name: 'one write is not permitted, and the others are',
    fault: { answer: { status: 403, detail: 'Forbidden' } },
    place: { match: write, at: 3 },
    exit: 5,
    says: ['the credentials do not permit this request'],
    counts: { done: 7, failed: 1 },
  },
  {
    name: 'a load balancer answers all writes with a page, from the third one on',
    fault: 'bad-gateway',
    place: { match: write, at: 3, times: 999 },
    exit: 5,
    says: ['a proxy could not reach the server', 'The request may have taken effect nevertheless'],
    counts: { done: 2, failed: 6 },
  },
  ...[1, 4, 7].flatMap((at) => [
    whole(`the connection is lost before write ${at}`, 'lost-request', { match: write, at }),
    whole(`the connection is lost after write ${at}`, 'lost-answer', { match: write, at }),
  ]),
  whole('a load balancer answers a write with a page', 'bad-gateway', { match: write, at: 2 }),
  whole('a load balancer answers a delete with a page', 'bad-gateway', { match: write, at: 6 }),
  whole('the answer to a create has half of its JSON', 'cut-json', { match: /^POST \/variables\/$/, at: 2 }),
  whole('the answer to an update has half of its JSON', 'cut-json', { match: /^PATCH/, at: 1 }),
  whole('the answer to a delete has half of its JSON', 'cut-json', { match: /^DELETE/, at: 2 }),
  whole('the answer to a create is torn', 'torn-body', { match: /^POST \/variables\/$/, at: 2 }),
  whole('the answer to a create is slow', { slowBody: { pieces: 8, pauseMs: 20 } }, { match: write, at: 1 }),
  whole('a list has half of its JSON', 'cut-json', { match: /^POST \/variables\/filter/, times: 2 }),
  whole('a list is torn', 'torn-body', { match: /^POST \/variables\/filter/, times: 2 }),
  whole('a list is slow', { slowBody: { pieces: 8, pauseMs: 20 } }, { match: /^POST \/variables\/filter/ }),
  whole('a storm of 429', 'rate-limit', { match: write, at: 2, times: 4 }),
  whole(
    'a storm of 503',
    { answer: { status: 503, detail: 'Service Unavailable' } },
    { match: write, at: 2, times: 6 },
  ),
]

describe('an apply', () => {
  test.each(rows)('$name', async ({ fault, place, exit, says = [], counts }) => {
    cloud.fail(fault, place)
    const ran = await apply('-f', 'json')
    expect(ran.exit, JSON.stringify(ran)).toBe(exit)
    const report = JSON.parse(ran.out) as Report
    // At most the request that was refused, and one that asked again.
    if (fault === 'expired-key' || fault === 'deleted-workspace')
      expect(cloud.calls.filter(({ status }) => status === 401 || status === 404).length).toBeLessThanOrEqual(2)
    if (fault === 'demoted-key') expect(cloud.calls.filter(({ status }) => status === 403)).toHaveLength(1)
    cloud.heal()
    cloud.setExpired('owner', false)
    cloud.setScopes('owner')
    cloud.setDeleted('acme/prod', false)
    expect(await held(report)).toEqual(counts)
    const text =
      report.issues.map(({ message, fix }) => `${message} ${fix ?? ''}`).join('\n') + JSON.stringify(report.outcomes)
    for (const part of says) expect(text).toMatch(part)
    expect(readFileSync(String(report.journal), 'utf8')).toContain('"type":"end"')
    const again = await apply('-f', 'json')
    expect(again.exit, again.out + again.err).toBe(0)
    expect([...(await values()).keys()].sort()).toEqual([...wanted].sort())
  })
})

describe('before the first write and after the last one', () => {
  test.each<readonly [string, CloudFault, FaultPlace, number, string]>([
    ['the key expires', 'expired-key', { match: /filter$/, at: 3 }, 4, 'Prefect Cloud rejected the API key'],
    ['the workspace is deleted', 'deleted-workspace', { match: /filter$/, at: 3 }, 4, 'there is no such workspace'],
    ['a list is always cut', 'cut-json', { match: /variables.filter$/, times: 99 }, 8, 'its JSON ends early'],
    ['a list is always torn', 'torn-body', { match: /variables.filter$/, times: 99 }, 1, 'the answer was incomplete'],
    ['a list is always a page', 'bad-gateway', { match: /variables.filter$/, times: 99 }, 1, 'a proxy could not reach'],
  ])('%s: nothing is written', async (_, fault, place, exit, says) => {
    const before = await values()
    cloud.fail(fault, place)
    const ran = await apply()
    expect([ran.exit, ran.issues.map(({ message }) => message).join()]).toEqual([exit, expect.stringContaining(says)])
    expect(cloud.calls.filter(({ method, path }) => write.test(`${method} ${path}`))).toEqual([])
    expect(await values()).toEqual(before)
  })

  test('a key that expires in the read-back: the report is whole, and says that it was not verified', async () => {
    const reads = () => cloud.calls.filter(({ path }) => path.endsWith('/filter')).length
    expect((await apply()).exit).toBe(0)
    const all = reads()
    for (const name of wanted) await http.delete(`/variables/name/${name}`)
    for (const name of ['upd-1', 'upd-2', 'old-1', 'old-2', 'old-3'])
      await http.post('/variables/', { name, value: 'before' })
    cloud.fail('expired-key', { match: /\/filter$/, at: all })
    const ran = await apply('-f', 'json')
    expect(ran.exit, JSON.stringify(ran)).toBe(0)
    const report = JSON.parse(ran.out) as Report
    expect(await held(report)).toEqual({ done: 8 })
    expect(report.issues.map(({ code }) => code)).toEqual(['not-verified'])
  })
})

describe('other commands that write', () => {
  const deployments = async () => {
    const { id: flow_id } = await http.post('/flows/', { name: 'f' })
    for (const name of ['a', 'b', 'c']) await http.post('/deployments/', { name, flow_id, paused: false })
    return ['a', 'b', 'c']
  }
  const paused = async () =>
    (await http.list('/deployments/filter', {})).filter((row) => row.paused === true).map(({ name }) => name)

  test.each([
    ['pause', ['pause', '--yes', '-f', 'json']],
    ['activate', ['activate', 'activate.yaml', '--yes', '-f', 'json']],
  ])('a key that expires stops %s', async (command, args) => {
    await deployments()
    expect((await run('export', '-o', `${command}.yaml`)).exit).toBe(0)
    if (command === 'activate') await run('pause', '--yes')
    const before = (await paused()).length
    cloud.fail('expired-key', { match: /^PATCH/, at: 2 })
    const ran = await run(...args)
    expect(ran.exit, JSON.stringify(ran)).toBe(5)
    const { outcomes } = JSON.parse(ran.out) as Report
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['done', 'failed', 'not-started'])
    expect(Math.abs((await paused()).length - before)).toBe(1)
    cloud.setExpired('owner', false)
    expect((await run(...args)).exit).toBe(0)
    expect((await paused()).length).toBe(command === 'pause' ? 3 : 0)
  })

  test.each<readonly [string, CloudFault]>([
    ['a key that expires', 'expired-key'],
    ['a workspace that vanishes', 'deleted-workspace'],
  ])('%s stops undo, which finishes later', async (_, fault) => {
    const before = await values()
    const { journal } = JSON.parse((await apply('-f', 'json')).out) as Report
    cloud.fail(fault, { match: write, at: 4 })
    const ran = await run('undo', String(journal), '--yes', '-f', 'json')
    expect(ran.exit, JSON.stringify(ran)).toBe(5)
    const { outcomes } = JSON.parse(ran.out) as Report
    expect(outcomes.filter(({ status }) => status === 'done')).toHaveLength(3)
    expect(outcomes.filter(({ status }) => status === 'not-started')).toHaveLength(4)
    cloud.setExpired('owner', false)
    cloud.setDeleted('acme/prod', false)
    const again = await run('undo', String(journal), '--yes')
    expect(again.exit, JSON.stringify(again)).toBe(0)
    expect(await values()).toEqual(before)
  })
})

test('the built tool: text, exit code and journal of an apply whose key expires', async () => {
  let isExpired = false
  const proxy = await openFaulty(await cloud.serverUrl('acme/prod'), ({ write: at, mutating }) => {
    isExpired ||= mutating && at === 3
    return isExpired ? 'unauthorized' : undefined
  })
  const ran = await runCli(['apply', 'f.yaml', '--yes', '--api-url', proxy.url], {
    env: { PREFECT_API_KEY: 'pnu_expired' },
    cwd: dir,
  })
  await proxy.close()
  expect(ran.exit, ran.stdout + ran.stderr).toBe(5)
  expect(ran.stdout).toContain('Applied 3 of 5 changes: 2 done, 1 failed, 2 not started.')
  expect(ran.stderr).toMatch(/error \[not-authenticated\] The apply was stopped, with 2 changes not started: /)
  expect(ran.stderr).toContain('Then run the command again: it writes only what is missing.')
  expect(ran.stderr).toMatch(/Journal: \S+\.ndjson/)
  expect([...(await values()).values()].filter((value) => value === 'after')).toHaveLength(2)
})
