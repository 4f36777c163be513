import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cloud, openCloud } from '../support/cloud/cloud.ts'
import { command } from '../support/command.ts'
import { plainHttp } from '../support/plain-http.ts'

/** What the tier of an account does not allow: known before the first write if the account tells it, else from the refusal. */

const pools = { hybrid: 'process', pushed: 'ecs:push', managed: 'prefect:managed' }
const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven']

/** Deployments in the managed pool, except the last one, which is in a hybrid pool. */
function snapshot(): string {
  const documents = [
    'kind: snapshot\nversion: 1\nscope: {include: ["**"], exclude: [], incomplete: []}',
    ...Object.entries(pools).map(([name, type]) => `kind: work-pool\nkey: ${name}\nspec: {type: "${type}"}`),
    ...['hybrid', 'managed'].map((pool) => `kind: work-queue\nkey: ${pool}/default\nrefs: {pool: work-pool/${pool}}`),
    'kind: flow\nkey: load',
    ...names.map((name) => {
      const pool = name === 'six' ? 'hybrid' : 'managed'
      return `kind: deployment\nkey: load/${name}\nrefs: {flow: flow/load, queue: work-queue/${pool}/default}\nspec: {paused: true, entrypoint: "load.py:load"}`
    }),
  ]
  return `${documents.join('\n---\n')}\n`
}

const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-'))
writeFileSync(join(dir, 'all.yaml'), snapshot())
let cloud: Cloud

beforeAll(async () => {
  cloud = await openCloud({
    accounts: [
      { handle: 'small', tier: 'hobby' },
      // What it enforces, and does not tell.
      {
        handle: 'silent',
        tier: 'hobby',
        shown: { max_deployments_per_workspace: null, non_mex_work_pool_limit: null, automations_limit: null },
      },
      { handle: 'large', tier: 'pro' },
    ],
    workspaces: [{ name: 'small/main' }, { name: 'silent/main' }, { name: 'large/main' }],
  })
  writeFileSync(
    join(dir, 'profiles.toml'),
    cloud.profiles({ small: { workspace: 'small/main' }, large: { workspace: 'large/main' } }),
  )
})
afterAll(async () => cloud?.close())

const env = () => ({ ...cloud.env, PREFECT_API_KEY: cloud.key(), PREFECT_PROFILES_PATH: join(dir, 'profiles.toml') })
const run = (...args: readonly string[]) => command(args, env(), dir)
const at = (name: string) => ['--api-url', cloud.workspaceUrl(name)]
const writes = () =>
  cloud.calls.filter(({ method, path }) => method !== 'GET' && !/\/(filter|count|paginate)$/.test(path))

/** Deployments and pools, by plain HTTP past the rules of Cloud. */
async function contents(workspace: string): Promise<readonly string[][]> {
  const http = plainHttp(await cloud.serverUrl(workspace))
  const namesOf = async (path: string) => (await http.list(path, {})).map(({ name }) => String(name)).sort()
  return Promise.all([namesOf('/deployments/filter'), namesOf('/work_pools/filter')])
}

describe('a tier that the account tells', () => {
  const refused = [
    'work-pool/hybrid: Hobby, the tier of the account, does not include work pools that are not managed',
    'work-pool/pushed: Hobby, the tier of the account, does not include work pools that are not managed',
    // In the order of the snapshot, which is that of names; the one in the hybrid pool takes no place.
    'deployment/load/two: Hobby, the tier of the account, allows 5 deployments in a workspace, which has 0, and others of the snapshot take the rest',
  ]

  test('plan and apply name what it does not allow before the first write', async () => {
    cloud.clear()
    for (const verb of ['plan', 'apply'] as const) {
      const { exit, out, err } = await run(
        verb,
        'all.yaml',
        ...at('small/main'),
        ...(verb === 'apply' ? ['--yes'] : []),
      )
      expect(exit, out + err).toBe(9)
      for (const line of refused) expect((out + err).replaceAll(/\s+/g, ' ')).toContain(line)
    }
    expect(writes()).toEqual([])
    expect(cloud.calls.some(({ path, status }) => status === 403 && path !== '')).toBe(false)
  })

  test('--skip-unsupported does the rest, without a refusal; a second apply writes nothing', async () => {
    cloud.clear()
    const applied = await run('apply', 'all.yaml', '--yes', '--skip-unsupported', ...at('small/main'))
    expect(applied.exit, applied.out + applied.err).toBe(0)
    expect(cloud.calls.filter(({ status }) => status === 403)).toEqual([])
    expect(await contents('small/main')).toEqual([['five', 'four', 'one', 'seven', 'three'], ['managed']])
    cloud.clear()
    expect((await run('apply', 'all.yaml', '--yes', '--skip-unsupported', ...at('small/main'))).exit).toBe(0)
    expect(writes()).toEqual([])
  })

  test('a full workspace may still be updated', async () => {
    writeFileSync(join(dir, 'changed.yaml'), snapshot().replaceAll('load.py:load', 'other.py:load'))
    const { exit, out, err } = await run('apply', 'changed.yaml', '--yes', '--skip-unsupported', ...at('small/main'))
    expect(exit, out + err).toBe(0)
    const rows = await plainHttp(await cloud.serverUrl('small/main')).list('/deployments/filter', {})
    expect(new Set(rows.map(({ entrypoint }) => entrypoint))).toEqual(new Set(['other.py:load']))
  })
})

test('limits that only a write reveals fail that resource alone, with the words of Cloud and advice about the tier', async () => {
  const { exit, out, err } = await run('apply', 'all.yaml', '--yes', ...at('silent/main'), '-f', 'json')
  expect(exit, out + err).toBe(5)
  const { outcomes } = JSON.parse(out) as {
    outcomes: { id: string; status: string; issue?: { code: string; message: string; fix: string } }[]
  }
  const failed = outcomes.filter(({ status }) => status === 'failed')
  expect(failed.map(({ id }) => id).slice(0, 2)).toEqual(['work-pool/hybrid', 'work-pool/pushed'])
  // Five of the six in the managed pool, whichever came first.
  expect(failed.length).toBe(3)
  for (const { issue } of failed) {
    expect(issue?.code).toBe('tier-limit')
    expect(issue?.message).toMatch(/the tier of the account does not allow it.*(maximum number|plan does not support)/)
    expect(issue?.fix).toMatch(/larger tier/)
  }
  const skipped = outcomes.filter(({ status }) => status === 'skipped').map(({ id }) => id)
  expect(skipped).toEqual(['work-queue/hybrid/default', 'deployment/load/six'])
  const [deployments, kept] = await contents('silent/main')
  // What is reported as done is done, and nothing else.
  const done = outcomes.filter(({ status, id }) => status === 'done' && id.startsWith('deployment/'))
  expect(deployments).toEqual(done.map(({ id }) => id.slice('deployment/load/'.length)).sort())
  expect(kept).toEqual(['managed'])
})

describe('a transfer', () => {
  test('never moves managed pools; apply does as the file says', async () => {
    expect((await run('apply', 'all.yaml', '--yes', ...at('large/main'))).exit).toBe(0)
    expect((await contents('large/main'))[1]).toEqual(['hybrid', 'managed', 'pushed'])
    const exported = await run('export', ...at('large/main'), '-o', 'large.yaml')
    expect(exported.exit, exported.err).toBe(0)
    // Into a workspace that has the pool already, it is left as it is, and what needs it is moved.
    cloud.clear()
    const moved = await run('transfer', '--from', 'large', '--to', 'small', '--yes', '--skip-unsupported')
    expect(moved.exit, moved.out + moved.err).toBe(0)
    expect(
      writes().filter(({ path, workspace }) => path.startsWith('/work_pools') && workspace === 'small/main'),
    ).toEqual([])
  })

  test('doctor tells the tier, what of it is used, and what does not fit', async () => {
    const { out } = await run('doctor', '--from', 'large', '--to', 'small')
    expect(out).toMatch(/Hobby: no work pools that are not managed, 5 of 5 deployments, 0 of 5 automations/)
    expect(out).toMatch(/work-pool\/hybrid: Hobby, the tier of the account, does not include/)
  })
})
