import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap } from '../servers/tap.ts'
import { prefect2, type ServerVersion } from '../servers/versions.ts'
import { command, type planOf } from '../support/command.ts'
import { exported, good } from '../support/journey.ts'
import { environmentOf } from '../support/secrets.ts'
import { seed } from '../worlds/seed.ts'
import { type Compared, type Content, compared, contentOf, isOf } from './content.ts'

/** A server with everything that its version can hold, and its export. */
export interface Origin {
  readonly version: ServerVersion
  readonly server: PrefectServer
  readonly content: Content
  readonly file: string
  /** The secrets of the export, by environment variable. */
  readonly env: Readonly<Record<string, string>>
}

/** What became of the resources of one server on another one. */
export interface Moved extends Compared {
  readonly from: ServerVersion
  readonly to: ServerVersion
}

const prefect2Events = { PREFECT_EXPERIMENTAL_EVENTS: 'true', PREFECT_API_SERVICES_TRIGGERS_ENABLED: 'true' }

/** Seeds a server: the world of every kind, or for Prefect 2 the platform that has grown on it. */
export async function openOrigin(version: ServerVersion): Promise<Origin> {
  const isPrefect2 = version === prefect2
  const server = await freshServer(version, isPrefect2 ? { env: prefect2Events } : {})
  await seed(isPrefect2 ? 'old_platform' : 'every_kind', version, server.url)
  const text = await exported(server.url)
  const env = environmentOf(text, await exported(server.url, '--secrets', 'plain'))
  const file = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-')), `from-${version}.snapshot.yaml`)
  writeFileSync(file, text)
  return { version, server, content: await contentOf(server.url), file, env }
}

/**
 * Plans and applies an export on an empty server, and compares both by plain HTTP. The plan writes nothing and says with its exit
 * code whether it names what the server cannot hold; the rest arrives with --skip-unsupported; a second apply writes nothing; and
 * `verify` and `diff` find nothing but what the plan has named.
 */
export async function move({ version, content, file, env }: Origin, to: ServerVersion): Promise<Moved> {
  const destination = await freshServer(to)
  const tap = await openTap(destination.url)
  try {
    const run = (...args: readonly string[]) => command([...args, '--api-url', tap.url], env)
    const { exit, out, err, issues } = await run('plan', file, '--exit-code', '-f', 'json')
    if (out === '') throw new Error(`plan ended with ${exit}: ${err}${JSON.stringify(issues)}`)
    const plan = JSON.parse(out) as Awaited<ReturnType<typeof planOf>>
    const isPartial = plan.unsupported.length > 0
    expect([exit, tap.writes()]).toEqual([isPartial ? 9 : 2, []])
    const flags = ['--yes', ...(isPartial ? ['--skip-unsupported'] : [])]
    good(await run('apply', file, ...flags))
    const named = [
      ...plan.unsupported.map(({ ref }) => ({ ref })),
      ...plan.issues.filter(({ code }) => code === 'downgraded').map(({ ref = '', pointer }) => ({ ref, pointer })),
    ]
    const result = compared(content, await contentOf(destination.url), named, { from: version, to })
    if (result.unnamed.length > 0) console.error(`${version} to ${to}: ${result.unnamed.join('\n  ')}`)
    expect(result.unnamed).toEqual([])
    tap.clear()
    good(await run('apply', file, ...flags))
    expect(tap.writes()).toEqual([])
    await expectTheSameExport(file, tap.url, result, env)
    return { from: version, to, ...result }
  } finally {
    await tap.close()
    await destination.stop()
  }
}

async function expectTheSameExport(
  file: string,
  url: string,
  { inPart, leftOut }: Compared,
  env: Origin['env'],
): Promise<void> {
  const isWhole = inPart.length + leftOut.length === 0
  const other = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-')), 'destination.snapshot.yaml')
  writeFileSync(other, await exported(url))
  const verified = await command(['verify', file, '--api-url', url], env)
  expect([verified.exit, verified.out]).toEqual([isWhole ? 0 : expect.toBeOneOf([0, 2]), expect.any(String)])
  const diff = JSON.parse(good(await command(['diff', file, other, '-f', 'json'])).out) as {
    changes: { ref: string }[]
  }
  const names = [...inPart, ...leftOut]
  expect(diff.changes.filter(({ ref }) => !names.some((name) => isOf(ref, name))).map(({ ref }) => ref)).toEqual([])
}
