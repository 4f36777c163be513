import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { common, newest } from '../servers/versions.ts'
import { command } from '../support/command.ts'
import { exported, good, withoutHeader } from '../support/journey.ts'
import { environmentOf } from '../support/secrets.ts'
import { seed } from '../worlds/seed.ts'

const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-upgrade-'))
const file = join(folder, 'before.snapshot.yaml')
let server: PrefectServer | undefined
let before: string
let env: Record<string, string>

beforeAll(async () => {
  const home = join(folder, 'home')
  server = await freshServer(common, { home })
  await seed('every_kind', common, server.url)
  before = await exported(server.url)
  writeFileSync(file, before)
  env = environmentOf(before, await exported(server.url, '--secrets', 'plain'))
  await server.stop()
  // Migrates the database, and registers the newer release's block types as an upgrade does.
  server = await freshServer(newest, { home, env: registers })
})
afterAll(async () => {
  await server?.stop()
})

const registers = {
  PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'true',
  PREFECT_API_BLOCKS_REGISTER_ON_START: 'true',
}

/** Documents of the four block types that every server registers itself, and of their schemas. */
const isStock = (document: string) =>
  /^kind: block-(type|schema)\nkey: (secret|webhook|slack-webhook|local-file-system)(\/|$)/m.test(document)

describe(`a server of ${common} that was upgraded to ${newest}, with its database`, () => {
  const run = (...args: readonly string[]) => command([...args, '--api-url', server?.url ?? ''], env)

  test('has nothing to plan, and verifies', async () => {
    const plan = await run('plan', file, '--exit-code')
    expect([plan.exit, plan.issues], plan.out).toEqual([0, []])
    expect(plan.out).not.toContain('refused')
    const verified = await run('verify', file)
    expect([verified.exit, verified.out]).toEqual([0, expect.not.stringMatching(/^✗/m)])
  })

  test('gives the same export, but for what the release registers itself', async () => {
    const after = await exported(server?.url ?? '')
    const now = join(folder, 'after.snapshot.yaml')
    writeFileSync(now, after)
    const own = (text: string) =>
      withoutHeader(text)
        .split('\n---\n')
        .filter((document) => !isStock(document))
    expect(own(after).length).toBeGreaterThan(270)
    const checked = await run('export', '-o', file, '--check')
    expect([checked.exit, checked.issues], checked.out + checked.err).toEqual([0, []])
    const diff = await command(['diff', file, now, '--exit-code'])
    expect([diff.exit, diff.issues], diff.out).toEqual([0, []])
    expect(own(after)).toEqual(own(before))
  })

  test('is of the newer release, as its own answer says', async () => {
    expect(await (await fetch(`${server?.url}/admin/version`)).json()).toBe(newest)
    expect(good(await run('plan', file)).out).toContain(newest)
  })
})
