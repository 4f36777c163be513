import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseJson } from '../../src/json.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, writeProfiles } from '../support/cli.ts'
import { command, type Told } from '../support/command.ts'
import { good } from '../support/journey.ts'
import { type Plain, plainHttp } from '../support/plain-http.ts'

/** What a snapshot says, by ref. */
type Documents = Record<string, Record<string, unknown>>

const home = newHome()
const env = { HOME: home, PREFECT_HOME: home }
const file = join(home, 'platform.snapshot.yaml')
const cli = (...args: readonly string[]): Promise<Told> => command(args, env, home)
let server: PrefectServer
let http: Plain

const base: Documents = {
  'variable/region': { spec: { value: 'eu' } },
  'variable/limit': { spec: { value: 5, tags: ['ops'] } },
  'flow/etl': {},
  'work-pool/k8s': { spec: { type: 'kubernetes', is_paused: false, description: 'Cluster' } },
  'work-queue/k8s/urgent': { refs: { pool: 'work-pool/k8s' }, spec: { priority: 2, is_paused: false } },
  'deployment/etl/prod': {
    refs: { flow: 'flow/etl', queue: 'work-queue/k8s/urgent' },
    spec: { entrypoint: 'flow.py:etl', paused: false, schedules: [{ slug: 'night', active: true, cron: '0 5 * * *' }] },
  },
  'concurrency-limit/db': { spec: { limit: 3 } },
  'tag-concurrency-limit/heavy': { spec: { concurrency_limit: 2 } },
}

function write(documents: Documents, header: Record<string, unknown> = {}): void {
  const bodies = Object.entries(documents).map(([ref, body]) => {
    const [kind, ...key] = ref.split('/')
    return { kind, key: key.join('/'), ...body }
  })
  const all = [{ kind: 'snapshot', version: 1, ...header }, ...bodies]
  writeFileSync(file, all.map((document) => `${JSON.stringify(document)}\n`).join('---\n'))
}

interface Drift {
  readonly refs: readonly string[]
  readonly exit: number
}
interface Compared {
  readonly changes: readonly { readonly ref: string }[]
  readonly unmanaged: readonly string[]
}

/** The refs that each command names, and its exit code. */
async function drift(): Promise<Readonly<Record<'plan' | 'check' | 'diff' | 'verify', Drift>>> {
  const at = ['--profile', 'prod']
  const read = ({ exit, out }: Told, more: boolean): Drift => {
    const { changes, unmanaged } = parseJson(out) as unknown as Compared
    return { refs: [...new Set([...changes.map(({ ref }) => ref), ...(more ? unmanaged : [])])].sort(), exit }
  }
  const plan = read(await cli('plan', file, ...at, '--exit-code', '-f', 'json'), true)
  const check = read(await cli('export', '-o', file, '--check', ...at, '-f', 'json'), false)
  const diff = read(await cli('diff', file, 'profile:prod', '--exit-code', '-f', 'json'), false)
  const { exit } = await cli('verify', file, ...at)
  return { plan, check, diff, verify: { refs: [], exit } }
}

/** The four commands agree on the refs. Returns the exit codes of plan, check, diff and verify. */
async function agreed(refs: readonly string[]): Promise<readonly number[]> {
  const { plan, check, diff, verify } = await drift()
  expect({ plan: plan.refs, check: check.refs, diff: diff.refs }).toEqual({ plan: refs, check: refs, diff: refs })
  return [plan, check, diff, verify].map(({ exit }) => exit)
}

const silent = [0, 0, 0, 0]
const changed = [2, 2, 2, 2]
const onlyOnServer = [10, 2, 2, 10]

beforeAll(async () => {
  server = await freshServer(newest)
  http = plainHttp(server.url)
  writeProfiles(home, { prod: server.url })
})
afterAll(async () => {
  await server?.stop()
})
beforeEach(async () => {
  // --prune never deletes a default queue, so its content is taken back here.
  await http.patch('/work_pools/k8s/queues/default', { concurrency_limit: null }).catch(() => undefined)
  write(base)
  good(await cli('apply', file, '--profile', 'prod', '--prune', '--yes', '--override-change-limit'))
})

describe('plan, export --check, diff and verify agree', () => {
  test('on nothing after an apply with --prune, whatever the file leaves to defaults', async () => {
    expect(await agreed([])).toEqual(silent)
  })

  test('on a document that was removed from the file; --prune ends it', async () => {
    const { 'variable/limit': _, ...others } = base
    write(others)
    expect(await agreed(['variable/limit'])).toEqual(onlyOnServer)
    const told = await cli('plan', file, '--profile', 'prod')
    expect(told.out).toContain('1 only on the server (--prune deletes it): variable limit')
    expect(told.out).toContain('Nothing to do: 7 resources as in the snapshot, 1 only on the server.')
    const markdown = await cli('plan', file, '--profile', 'prod', '-f', 'markdown')
    expect(markdown.out).toContain('1 only on the server (--prune deletes it): `variable/limit`')
    good(await cli('apply', file, '--profile', 'prod', '--prune', '--yes'))
    expect(await agreed([])).toEqual(silent)
  })

  test('on a document that was added by hand, without defaults and without its default queue', async () => {
    write({ ...base, 'work-pool/added': { spec: { type: 'process' } } })
    expect(await agreed(['work-pool/added'])).toEqual(changed)
    good(await cli('apply', file, '--profile', 'prod', '--yes'))
    expect(await agreed([])).toEqual(silent)
    const before = good(await cli('export', '-o', file, '--update', '--profile', 'prod'))
    expect(before.err).toContain('nothing written')
  })

  test('on a default that is written out, and on a value of the server that the file does not mention', async () => {
    write({ ...base, 'variable/region': { spec: { value: 'eu', tags: [] } }, 'flow/etl': { spec: { tags: [] } } })
    expect(await agreed([])).toEqual(silent)
    const { is_paused: _, ...spec } = (base['work-pool/k8s']?.spec ?? {}) as Record<string, unknown>
    write({ ...base, 'work-pool/k8s': { spec } })
    await http.patch('/work_pools/k8s', { is_paused: true })
    expect(await agreed([])).toEqual(silent)
  })

  test.each<[string, () => Promise<unknown>, readonly string[], readonly number[]]>([
    [
      'a changed value',
      async () => http.patch(`/variables/name/region`, { name: 'region', value: 'us' }),
      ['variable/region'],
      changed,
    ],
    ['a new variable', () => http.post('/variables/', { name: 'mine', value: 1 }), ['variable/mine'], onlyOnServer],
    [
      'a new pool, without its default queue',
      () => http.post('/work_pools/', { name: 'other', type: 'process' }),
      ['work-pool/other'],
      onlyOnServer,
    ],
    [
      'a default queue with content',
      async () => http.patch('/work_pools/k8s/queues/default', { concurrency_limit: 4 }),
      ['work-queue/k8s/default'],
      onlyOnServer,
    ],
    ['a deleted limit', () => http.delete('/v2/concurrency_limits/db'), ['concurrency-limit/db'], changed],
    [
      'one of everything',
      async () => {
        await http.post('/flows/', { name: 'by-hand' })
        await http.delete('/variables/name/limit')
        await http.patch('/work_pools/k8s', { description: 'Another cluster' })
      },
      ['flow/by-hand', 'variable/limit', 'work-pool/k8s'],
      changed,
    ],
  ])('on an edit of the server: %s', async (_, edit, refs, exits) => {
    await edit()
    expect(await agreed(refs)).toEqual(exits)
    // Either side can end it.
    good(await cli('export', '-o', file, '--update', '--profile', 'prod'))
    expect(await agreed([])).toEqual(silent)
  })

  test('on a kind that the file has none of: --prune keeps it, and says so', async () => {
    await http.post('/concurrency_limits/', { tag: 'by-hand', concurrency_limit: 1 })
    const { 'tag-concurrency-limit/heavy': _, ...others } = base
    write(others)
    const refs = ['tag-concurrency-limit/by-hand', 'tag-concurrency-limit/heavy']
    expect(await agreed(refs)).toEqual(onlyOnServer)
    expect((await cli('plan', file, '--profile', 'prod')).out).toContain('2 only on the server (--prune keeps them)')
    write(others, { scope: { include: ['**'], kinds: ['variable'] } })
    expect((await cli('plan', file, '--profile', 'prod', '--exit-code')).exit).toBe(0)
  })

  test('on random edits of both sides', async () => {
    let seed = 20261129
    const below = (count: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return Math.floor((seed / 2147483648) * count)
    }
    for (let round = 0; round < 6; round++) {
      const documents: Documents = { ...base }
      const expected = new Set<string>()
      for (let edits = 1 + below(4); edits > 0; edits--) {
        const name = `v${round}_${edits}`
        const [here, there] = [below(3), below(3)]
        const value = { spec: { value: 'x' } }
        if (here > 0) documents[`variable/${name}`] = here === 1 ? value : { spec: { value: 'x', tags: [] } }
        if (there > 0) await http.post('/variables/', { name, value: there === 1 ? 'x' : 'y' })
        if (here > 0 ? there !== 1 : there > 0) expected.add(`variable/${name}`)
      }
      write(documents)
      const exits = await agreed([...expected].sort())
      expect({ round, isDrift: exits.map((exit) => exit !== 0) }).toEqual({
        round,
        isDrift: Array<boolean>(4).fill(expected.size > 0),
      })
      for (const { name } of await http.list('/variables/filter', {}))
        if (/^v\d/.test(String(name))) await http.delete(`/variables/name/${name}`)
    }
  })
})

describe('a plan of what a scope names one by one', () => {
  test('reads nothing else, and says which of it only the server has', async () => {
    await http.post('/variables/', { name: 'mine', value: 1 })
    const { out } = await cli('plan', file, '--profile', 'prod', '--include', 'variable/region', '-f', 'json')
    expect((parseJson(out) as unknown as Compared).unmanaged).toEqual([])
    write(base, { scope: { include: ['variable/region', 'variable/mine'] } })
    const named = await cli('plan', file, '--profile', 'prod', '--include', 'variable/*', '-f', 'json')
    expect((parseJson(named.out) as unknown as Compared).unmanaged).toEqual(['variable/mine'])
    write(
      { 'variable/region': base['variable/region'] ?? {} },
      { scope: { include: ['variable/region', 'variable/mine'] } },
    )
    const alone = await cli('plan', file, '--profile', 'prod', '-f', 'json')
    expect((parseJson(alone.out) as unknown as Compared).unmanaged).toEqual(['variable/mine'])
  })
})
