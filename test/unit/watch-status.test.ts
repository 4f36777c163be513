import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { newHome, writeProfiles } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { FakeSystem } from '../support/fake-system.ts'
import { toyKinds } from '../support/toy-kinds.ts'
import { toyUrl } from '../support/toy-server.ts'

/** Those of `a` run by themselves. */
const kinds = toyKinds.map((kind) => (kind.name === 'a' ? { ...kind, disabledSpec: { paused: true } } : kind))
const snapshot = (paused: boolean) => `kind: snapshot\nversion: 1\n---\nkind: a\nkey: x\nspec: {paused: ${paused}}\n`

/** Watches a migration while the new side is activated, is away, and is back; then Ctrl-C. */
async function watched(terminal: boolean, ...more: readonly string[]) {
  const home = newHome()
  let isAway = false
  const urls = {
    old: await toyUrl(),
    new: await toyUrl(new FakeSystem(), () => (isAway ? 500 : undefined)),
  }
  writeProfiles(home, urls)
  writeFileSync(join(home, 'waves.yaml'), 'from: old\nto: new\nwaves:\n  - {name: all, include: a/*}\n')
  const apply = async (profile: string, paused: boolean) => {
    writeFileSync(join(home, 's.yaml'), snapshot(paused))
    expect((await run(['apply', 's.yaml', '--profile', profile, '--yes'])).exit).toBe(0)
  }
  const env = { HOME: home, PREFECT_HOME: home }
  const stop = new AbortController()
  const screens: string[] = []
  const run = (args: readonly string[], watching = false) =>
    command(args, env, home, {
      kinds,
      ...(watching ? { signal: stop.signal } : {}),
      ...(watching && terminal ? { redraw: (text: string) => void screens.push(text) } : {}),
    })
  await apply('old', false)
  await apply('new', true)
  const watching = run(['migrate', 'status', '--watch', '--interval', '1s', ...more], true)
  await sleep(500)
  await apply('new', false)
  await sleep(1200)
  isAway = true
  await sleep(2200)
  isAway = false
  await sleep(2500)
  stop.abort()
  return { ...(await watching), screens }
}

test('a migration is watched: a line or a document for each change, redrawn on a terminal, through an outage', async () => {
  const [plain, json, drawn] = await Promise.all([watched(false), watched(false, '-f', 'json'), watched(true)])
  expect([plain.exit, json.exit, drawn.exit]).toEqual([130, 130, 130])

  const lines = plain.out.split('\n').filter((line) => /\ball\b/.test(line))
  expect(lines.length).toBeGreaterThanOrEqual(2)
  expect(new Set(lines).size).toBe(lines.length)
  for (const told of [/Cannot read the servers at present/g, /The servers can be read again/g])
    expect(plain.err.match(told)).toHaveLength(1)

  const documents = json.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(documents.length).toBeGreaterThanOrEqual(2)
  expect(documents.map(({ waves }) => waves[0].state)).toEqual(expect.arrayContaining(['moved', 'partly']))

  expect(drawn.screens.length).toBeGreaterThanOrEqual(4)
  expect(drawn.screens[0]).toMatch(/Read at \d\d:\d\d:\d\d UTC\. Ctrl-C ends this\./)
  const away = drawn.screens.filter((screen) => screen.includes('Cannot read the servers at present'))
  expect(away.length).toBeGreaterThan(0)
  // What was known stays on the screen.
  for (const screen of away) expect(screen).toMatch(/\ball\b/)
  expect(drawn.screens.at(-1)).not.toContain('Cannot read')
}, 60_000)
