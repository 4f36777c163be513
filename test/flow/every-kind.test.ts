import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isStockType } from '../../src/kinds/block/builtin-block-types.ts'
import { freshServer, type PrefectServer, type ServerVersion } from '../servers/servers.ts'
import { openTap, type Tap } from '../servers/tap.ts'
import { common, newest, old } from '../servers/versions.ts'
import { command, type Told } from '../support/command.ts'
import { differencesOf, exported, good, idsOf, withoutHeader } from '../support/journey.ts'
import { environmentOf } from '../support/secrets.ts'
import { worldOf } from '../support/world.ts'
import { everyKindSecrets } from '../worlds/secrets.ts'
import { seed } from '../worlds/seed.ts'

interface Journey {
  readonly from: ServerVersion
  readonly to: ServerVersion
  /** What the plan reports as unsupported by the destination; any of them means exit code 9. */
  readonly unsupported: readonly string[]
  /** Fields that the plan reports as omitted. */
  readonly downgraded: readonly string[]
  /** Expected differences between the servers: fields that one version lacks, or returns in another form. */
  readonly differ: readonly RegExp[]
  /** Lines of the snapshot that an export of the destination does not contain. */
  readonly lost: readonly string[]
}

const journeys: readonly Journey[] = [
  { from: newest, to: newest, unsupported: [], downgraded: [], differ: [], lost: [] },
  // Between two releases of a year nothing is lost; each registers its block types with its own version and addresses.
  { from: common, to: newest, unsupported: [], downgraded: [], differ: [], lost: [] },
  {
    from: old,
    to: newest,
    unsupported: [],
    downgraded: [],
    // Defaults that only the newer version returns.
    differ: [
      /force: undefined → false$/,
      /schedule_after: undefined → .*"0\.0"/,
      /grace_period_seconds: undefined → null$/,
      /default_result_storage_block_id":null}$/,
    ],
    lost: [],
  },
  {
    from: newest,
    to: old,
    unsupported: ['default-result-storage server'],
    downgraded: [
      'deployment/sync-b/own /spec/concurrency_options/grace_period_seconds',
      'automation/run next /spec/actions/0/schedule_after',
    ],
    differ: [
      /force: false → undefined$/,
      /schedule_after: .*"(0|30)\.0".* → undefined$/,
      /grace_period_seconds: 120 → undefined$/,
      /^\/default-result-storage\/server: .* → null$/,
    ],
    lost: [
      '    grace_period_seconds: 120',
      '      schedule_after: 30',
      '---',
      'kind: default-result-storage',
      'key: server',
      'refs:',
      '  block: block/local-file-system/results',
    ],
  },
]

/** The documents of a snapshot without built-in block types, whose texts depend on the version. */
function documents(text: string): string[] {
  const cut = withoutHeader(text).split('---\n').filter(Boolean)
  return cut
    .filter((document) => !isStockType(/^kind: block-type\nkey: (\S+)/.exec(document)?.[1] ?? ''))
    .map((document) =>
      isStockSchema(document) ? document.replace(/^ {2}version: .*$/m, '  version: of the server') : document,
    )
}

const isStockSchema = (document: string) => isStockType(/^kind: block-schema\nkey: ([^/\n]+)/.exec(document)?.[1] ?? '')

/** The content of a server without built-in block types and schemas. */
async function configured(url: string): Promise<unknown> {
  const world = (await worldOf(url)) as Record<string, Record<string, unknown>>
  const custom = (kind: string) =>
    Object.fromEntries(Object.entries(world[kind] ?? {}).filter(([name]) => !isStockType(name.split('/')[0] ?? '')))
  return { ...world, 'block-type': custom('block-type'), 'block-schema': custom('block-schema') }
}

/** A server with every kind, and its export. */
interface Origin {
  readonly server: PrefectServer
  readonly text: string
  readonly file: string
  readonly env: Record<string, string>
}
const origins = new Map<ServerVersion, Promise<Origin>>()

function originOf(version: ServerVersion): Promise<Origin> {
  const origin = origins.get(version) ?? openOrigin(version)
  origins.set(version, origin)
  return origin
}

async function openOrigin(version: ServerVersion): Promise<Origin> {
  const server = await freshServer(version)
  await seed('every_kind', version, server.url)
  const text = await exported(server.url)
  const env = environmentOf(text, await exported(server.url, '--secrets', 'plain'))
  const file = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-')), 'all.snapshot.yaml')
  writeFileSync(file, text)
  return { server, text, file, env }
}

afterAll(async () => {
  for (const origin of origins.values()) await (await origin).server.stop()
})

describe.each([newest, common, old] as const)('the snapshot of a %s', (version) => {
  test('is byte-identical each time', async () => {
    const { server, text } = await originOf(version)
    expect(await exported(server.url)).toBe(text)
  })

  test('contains no ID and no secret', async () => {
    const { server, text } = await originOf(version)
    const ids = await idsOf(server.url)
    expect(ids.size).toBeGreaterThan(200)
    expect([...ids].filter((id) => text.includes(id))).toEqual([])
    expect(everyKindSecrets.filter((secret) => text.includes(secret))).toEqual([])
  })
})

describe.each(journeys)(
  'a transfer of every kind from $from to $to',
  ({ from, to, unsupported, downgraded, differ, lost }) => {
    let source: PrefectServer
    let destination: PrefectServer
    let tap: Tap
    let text: string
    let file: string
    let env: Record<string, string>
    const said: string[] = []
    const run = async (...args: readonly string[]): Promise<Told> => {
      const told = await command([...args, '--api-url', tap.url], env)
      said.push(told.out, told.err, JSON.stringify(told.issues))
      return told
    }

    beforeAll(async () => {
      ;({ server: source, text, file, env } = await originOf(from))
      destination = await freshServer(to)
      tap = await openTap(destination.url)
    })
    afterAll(async () => {
      await tap?.close()
      await destination?.stop()
    })

    test('plan reports the changes, and makes none', async () => {
      const plan = await run('plan', file, '--exit-code')
      expect(plan.exit, plan.err).toBe(unsupported.length > 0 ? 9 : 2)
      for (const name of unsupported) expect(plan.out).toContain(name)
      expect(downgraded.filter((name) => !plan.err.includes(name))).toEqual([])
      expect(tap.writes()).toEqual([])
      expect(tap.requests.length).toBeGreaterThan(10)
    })

    test('apply refuses unsupported resources unless they are skipped explicitly', async () => {
      const ran = unsupported.length > 0 ? await run('apply', file, '--yes') : undefined
      if (ran) expect(ran.exit).toBe(9)
      expect(tap.writes()).toEqual([])
    })

    test('apply creates everything', async () => {
      good(await run('apply', file, '--yes', '--verbose', ...(unsupported.length > 0 ? ['--skip-unsupported'] : [])))
      const found = differencesOf(await configured(source.url), await configured(destination.url))
      expect(found.filter((line) => !differ.some((known) => known.test(line)))).toEqual([])
      expect(differ.filter((known) => !found.some((line) => known.test(line)))).toEqual([])
    })

    test('a second apply sends no write requests', async () => {
      tap.clear()
      const again = good(await run('apply', file, '--yes', ...(unsupported.length > 0 ? ['--skip-unsupported'] : [])))
      expect(again.out).toMatch(/Nothing to do|0 to create, 0 to update/)
      expect(tap.writes()).toEqual([])
      expect(tap.requests.length).toBeGreaterThan(10)
    })

    test('an export of the destination is byte-identical, except for the header', async () => {
      const other = await exported(destination.url)
      if (from === to) return expect(withoutHeader(other)).toBe(withoutHeader(text))
      const [before, after] = [text, other].map((all) => documents(all).join('---\n').split('\n')) as [
        string[],
        string[],
      ]
      const left = after.slice()
      const gone = before.filter((line) => {
        const at = left.indexOf(line)
        if (at >= 0) left.splice(at, 1)
        return at < 0
      })
      expect(gone).toEqual(lost)
      expect(left).toEqual([])
    })

    test('no output contains a secret', () => {
      const all = said.join('\n')
      expect(all).toContain('POST /block_documents/')
      expect(everyKindSecrets.filter((secret) => all.includes(secret))).toEqual([])
    })
  },
)
