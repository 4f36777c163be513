import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Fault, type Faulty, openFaulty, type Seen } from '../servers/faults.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'
import { type Watched, watch } from '../support/terminal.ts'

/** A slow or busy server: a real one behind a proxy that each test configures. */
let server: PrefectServer
let proxy: Faulty
let temper: (seen: Seen) => Fault | Promise<Fault> = () => undefined
let piped: Promise<Ran>
const home = newHome()
const count = 12

function snapshot(name: string, values: number): string {
  const file = join(home, `${name}.snapshot.yaml`)
  const one = (index: number) =>
    `---\nkind: variable\nkey: ${name}_with_quite_a_long_name_${index}\nspec: {value: ${index}}\n`
  writeFileSync(
    file,
    `kind: snapshot\nversion: 1\n${Array.from({ length: values }, (_, index) => one(index)).join('')}`,
  )
  return file
}

const slow = (ms: number) => async (): Promise<Fault> => void (await sleep(ms))
const apply = (name: string, columns: number, ...flags: readonly string[]): Promise<Watched> =>
  watch(['apply', snapshot(name, count), '--api-url', proxy.url, '--yes', ...flags], { columns, env: { HOME: home } })
/** The progress lines on a screen; there is never more than one. */
const progressOf = (screen: readonly string[]) =>
  screen.filter((line) => /^(connecting|reading|applying|reading back)( ·| \d)/.test(line))
const allProgress = ({ screens }: Watched) => screens.flatMap(progressOf)

beforeAll(async () => {
  server = await freshServer(newest)
  proxy = await openFaulty(server.url, (seen) => temper(seen))
  // Its first line comes after ten seconds, so it runs in parallel, through its own proxy.
  const patient = await openFaulty(server.url, async ({ mutating }) => void (mutating && (await sleep(5300))))
  piped = runCli(['apply', snapshot('piped', 2), '--api-url', patient.url, '--yes']).finally(() => patient.close())
})
afterEach(() => {
  temper = () => undefined
})
afterAll(async () => {
  await piped
  await proxy?.close()
  await server?.stop()
})

describe.each([60, 140])('apply in a terminal with %i columns', (columns) => {
  test('shows one progress line that fits, and removes it at the end', async () => {
    temper = slow(250)
    // A distant server gets all of so few writes at once, with nothing left to count.
    const seen = await apply(`slow${columns}`, columns, '--concurrency', '2')
    expect(seen.exit, seen.raw).toBe(0)
    for (const screen of seen.screens) expect(progressOf(screen).length, screen.join('\n')).toBeLessThanOrEqual(1)
    const lines = allProgress(seen)
    expect(
      lines.some((line) => /^applying \d+\/12 · \d+\.\d\/s · \d+ s left/.test(line)),
      lines.join('\n'),
    ).toBe(true)
    for (const line of lines) expect(line.length).toBeLessThan(columns)
    // The rest of the screen is the same as without progress.
    expect(seen.lines.filter((line) => progressOf([line]).length > 0)).toEqual([])
    expect(seen.lines.filter((line) => /^\[ *\d+\/12\] \+ variable slow/.test(line))).toHaveLength(count)
    expect(seen.lines).toContain('Applied 12 changes: 12 done.')
    expect(seen.lines.filter((line) => line.startsWith('+ variable slow'))).toHaveLength(count)
  })

  test('shows how long the server asked to wait, and the number of retries', async () => {
    let limited = 0
    temper = async ({ mutating, write }) => {
      await sleep(60)
      if (mutating && write % count === 6 && limited++ === 0) return { limitedFor: 3 }
      return mutating && write % 4 === 0 ? 'busy' : undefined
    }
    const seen = await apply(`busy${columns}`, columns)
    expect(seen.exit, seen.raw).toBe(0)
    const lines = allProgress(seen)
    const waits = lines.filter((line) => /^applying \d+\/12 · waiting for the rate limit, [1234] s/.test(line))
    expect(waits, lines.join('\n')).not.toEqual([])
    if (columns > 100) expect(lines.some((line) => /\d+ (retry|retries)/.test(line))).toBe(true)
  })
})

test('shows that it waits for a slow server', async () => {
  temper = slow(1500)
  const seen = await watch(['plan', snapshot('late', 1), '--api-url', proxy.url], { columns: 80, env: { HOME: home } })
  expect(seen.exit).toBe(0)
  expect(allProgress(seen).some((line) => /^connecting · \d s$/.test(line))).toBe(true)
  expect(seen.lines.join('\n')).toContain('Plan: 1 to create')
})

test.each([
  ['transfer', ['transfer', '--from', 'slow', '--to', 'other', '--dry-run']],
  ['doctor', ['doctor', '--from', 'slow']],
  ['export', ['export', '--profile', 'slow', '-o', 'out.snapshot.yaml']],
])('%s shows the progress of reading the source', async (_, args) => {
  temper = slow(400)
  const profile = (name: string, url: string) => `[profiles.${name}]\nPREFECT_API_URL = "${url}"\n`
  const profiles = join(home, 'profiles.toml')
  writeFileSync(profiles, `active = "slow"\n${profile('slow', proxy.url)}${profile('other', server.url)}`)
  const env = { HOME: home, PREFECT_PROFILES_PATH: profiles }
  const seen = await watch([...args, ...(args[0] === 'transfer' ? ['--allow-same-server'] : [])], { columns: 80, env })
  expect(seen.exit, seen.raw).toBe(0)
  expect(
    allProgress(seen).some((line) => /^reading( \d+ so far)? · /.test(line)),
    seen.raw,
  ).toBe(true)
})

test('--quiet shows no progress', async () => {
  temper = slow(200)
  const seen = await apply('quiet', 100, '--quiet')
  expect(seen.exit).toBe(0)
  expect(seen.raw).not.toMatch(/applying|reading|connecting/)
})

test('without a terminal, progress is a plain line every ten seconds', async () => {
  const { exit, stderr } = await piped
  expect(exit, stderr).toBe(0)
  const lines = stderr.split('\n').filter((line) => line.startsWith('applying'))
  expect(lines.length).toBeGreaterThan(0)
  // One for each ten seconds, however long a busy machine takes.
  for (const line of lines) expect(line).toMatch(/^applying 1\/2 · 0\.\d\/s · \d+ s left · variable\/piped/)
  expect(stderr).not.toContain('\u001b')
})
