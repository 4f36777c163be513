import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Cloud, type CloudFault, type FaultPlace, openCloud } from '../support/cloud/cloud.ts'
import { command } from '../support/command.ts'
import { deletePlatform, type Plain, plainHttp } from '../support/plain-http.ts'

/*
 * Each way in which a connection to Cloud fails, with what the user reads, the exit code, and one law: what is reported as done
 * is done on the server, and what is reported as not done is not. The server is asked by plain HTTP.
 */

const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-failures-'))
let cloud: Cloud
let http: Plain

/** Three variables are created, two updated and three deleted; a flow gets a deployment. */
const wanted = ['new-1', 'new-2', 'new-3', 'upd-1', 'upd-2']
const variable = (name: string) => `---\nkind: variable\nkey: ${name}\nspec: {value: after}\n`
const flow = '---\nkind: flow\nkey: f\n---\nkind: deployment\nkey: f/d\nrefs: {flow: flow/f}\n'
const snapshot = `kind: snapshot\nversion: 1\nscope: {include: [variable/*]}\n${wanted.map(variable).join('')}`

beforeAll(async () => {
  cloud = await openCloud({ workspaces: [{ name: 'acme/prod' }] })
  http = plainHttp(await cloud.serverUrl('acme/prod'))
  writeFileSync(join(dir, 'f.yaml'), snapshot)
  writeFileSync(join(dir, 'd.yaml'), `kind: snapshot\nversion: 1\n${flow}`)
})
beforeEach(async () => {
  cloud.heal()
  cloud.setExpired('owner', false)
  cloud.setDeleted('acme/prod', false)
  await deletePlatform(await cloud.serverUrl('acme/prod'))
  for (const name of ['upd-1', 'upd-2', 'old-1', 'old-2', 'old-3'])
    await http.post('/variables/', { name, value: 'before' })
  cloud.clear()
})
afterAll(() => cloud?.close())

const env = () => ({ ...cloud.env, PREFECT_API_KEY: cloud.key(), PREFECT_API_URL: cloud.workspaceUrl('acme/prod') })
const run = (...args: readonly string[]) => command(args, env(), dir)
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

const write = /^(POST \/variables\/$|PATCH|DELETE)/
const rows: readonly Row[] = [
  ...[1, 3, 5, 8].map(
    (at): Row => ({
      name: `the key expires at write ${at}`,
      fault: 'expired-key',
      place: { match: write, at },
      exit: at === 1 ? 4 : 5,
      says: ['The apply was stopped', 'the server rejected the API key', 'Then run the command again'],
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
  {
    name: 'a delete answers 404, but not of the object',
    fault: { answer: { status: 404, detail: 'Not Found' } },
    place: { match: /^DELETE/, at: 2 },
    exit: 5,
    says: ['DELETE /variables/'],
    counts: { done: 7, failed: 1 },
  },
]

describe('an apply', () => {
  test.each(rows)('$name', async ({ fault, place, exit, says = [], counts }) => {
    cloud.fail(fault, place)
    const ran = await apply('-f', 'json')
    expect(ran.exit, JSON.stringify(ran)).toBe(exit)
    const report = JSON.parse(ran.out) as Report
    cloud.setExpired('owner', false)
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
