import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programOf } from '../../src/cli/program.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'
import { parseReport } from '../support/report-schema.ts'
import { everyKind, everyKindText } from '../support/world.ts'

/** Standard output has only the payload; standard error everything else, as text or as events. */
let full: PrefectServer
let other: PrefectServer
/** An apply of every kind, to a server of its own. */
let filled: Ran
const home = newHome()
/** A small platform: each command runs four times. */
const team = resolve('snapshots/data-team.snapshot.yaml')
const journal = (turn: number) => join(home, `done-${turn}.ndjson`)
const small = join(home, 'small.snapshot.yaml')
const changed = (value: number): string => {
  writeFileSync(small, `kind: snapshot\nversion: 1\n---\nkind: variable\nkey: one\nspec: {value: ${value}}\n`)
  return small
}
const run = (args: readonly string[]): Promise<Ran> =>
  runCli(args, { env: { HOME: home, PREFECT_HOME: home, SECRET_GIT_TOKEN_VALUE: 'of-tests' }, cwd: home })

interface Line {
  /** A command to run before. */
  readonly before?: (turn: number) => readonly string[]
  /** The command line; `turn` differs each time, for commands that need a change to make. */
  readonly args: (turn: number) => readonly string[]
  /** The expected standard output. */
  readonly payload: RegExp
  /** Whether `-f json` makes it a JSON document. */
  readonly json?: true
  /** The standard output with --quiet, if it differs. */
  readonly quiet?: RegExp
}

const recipient = await identityToRecipient(await generateX25519Identity())
/** A command line for each command. The test fails for a command without one. */
const lines: Readonly<Record<string, Line>> = {
  export: {
    args: () => ['export', '--profile', 'full', '-o', '-'],
    payload: /^kind: snapshot\nversion: 1\n.*---\n.*$/s,
  },
  validate: { args: () => ['validate', team], payload: /^\S+: valid, \d+ resources\n$/, json: true, quiet: /^$/ },
  bundle: { args: () => ['bundle', team, '-o', 'all.tar.gz'], payload: /^$/ },
  import: {
    args: () => ['import', resolve('test/fixtures/import/prefect.yaml'), '-o', '-'],
    payload: /^kind: snapshot\nversion: 1\n.*---\n.*$/s,
  },
  convert: { args: () => ['convert', team, '-o', '-'], payload: /^kind: snapshot\nversion: 1\n.*---\n.*$/s },
  backup: {
    args: () => ['backup', 'backups', '--profile', 'full'],
    payload: /^backups\/\S+Z\.snapshot\.yaml\n$/,
    json: true,
    quiet: /^$/,
  },
  restore: {
    args: (turn) => ['restore', changed(turn + 5), '--profile', 'other', '--yes'],
    payload: /^Plan for other.*\nApplied 1 change: 1 done\.\n$/s,
    json: true,
    quiet: /^$/,
  },
  init: {
    args: (turn) => ['init', `ready-${turn}`],
    payload: /^((written|as it should be|left as it is) +\S+\n)+$/,
    quiet: /^$/,
  },
  diff: { args: () => ['diff', team, changed(0)], payload: /^.*Difference: \d+ created.*\n$/s, json: true },
  graph: { args: () => ['graph', team], payload: /^(%%|---|flowchart|graph).*$/s, json: true },
  explain: { args: () => ['explain', 'flow'], payload: /^flow\n.*$/s, json: true },
  completion: { args: () => ['completion', 'fish'], payload: /^# Completion .*complete -c prefect-snapshot .*\n$/s },
  schema: { args: () => ['schema'], payload: /^\{.*\}\n$/s },
  doctor: {
    args: () => ['doctor', '--from', 'full', '--to', 'other'],
    payload: /^✓ source.*\n(Ready|Not ready)[^\n]*\n$/s,
    json: true,
    quiet: /^([!✗] .*\n(Ready|Not ready)[^\n]*\n)?$/s,
  },
  verify: {
    args: () => ['verify', team, '--profile', 'full'],
    payload: /^✓ .*\n(Ready|Not ready)[^\n]*\n$/s,
    json: true,
    quiet: /^([!✗] .*\n(Ready|Not ready)[^\n]*\n)?$/s,
  },
  secrets: {
    args: () => ['secrets', 'list', team],
    payload: /^✓ \S+ +\S+ +env SECRET_GIT_TOKEN_VALUE\n\n1 secret, .*\n$/,
    json: true,
  },
  // Nothing to do: the file contains no encrypted secrets.
  rekey: { args: () => ['rekey', team, '--recipient', recipient], payload: /^$/ },
  journals: { args: () => ['journals'], payload: /^(\d{4}-.*\n)+$/, json: true },
  plan: {
    args: () => ['plan', changed(0), '--profile', 'other'],
    payload: /^Plan for other.*unchanged\.\nNext: .*\n$/s,
    json: true,
  },
  apply: {
    args: (turn) => ['apply', changed(turn), '--profile', 'other', '--yes'],
    payload: /^Plan for other.*\nApplied 1 change: 1 done\.\n$/s,
    json: true,
    quiet: /^$/,
  },
  activate: {
    args: () => ['activate', team, '--profile', 'full', '--dry-run'],
    payload: /^Plan for full.*\n(Plan: |Nothing to do).*\n$/s,
    json: true,
  },
  pause: {
    args: () => ['pause', team, '--profile', 'full', '--dry-run'],
    payload: /^Plan for full.*\nPlan: .*\n$/s,
    json: true,
  },
  transfer: {
    args: () => ['transfer', '--from', 'full', '--to', 'other', '--dry-run'],
    payload: /^Plan for other.*\nin all .*\n$/s,
    json: true,
  },
  migrate: {
    args: () => ['migrate', 'status'],
    payload: /^full \(Prefect .*\n\nwave .*\nall .*\n.*$/s,
    json: true,
  },
  undo: {
    before: (turn) => ['apply', changed(turn + 5), '--profile', 'other', '--yes', '--journal', journal(turn)],
    args: (turn) => ['undo', journal(turn), '--profile', 'other', '--yes'],
    payload: /^Plan for other.*\nApplied 1 change: 1 done\.\n$/s,
    json: true,
    quiet: /^$/,
  },
}

beforeAll(async () => {
  const every = await freshServer(newest)
  full = await freshServer(newest)
  other = await freshServer(newest)
  const profile = (name: string, url: string) => `[profiles.${name}]\nPREFECT_API_URL = "${url}"\n`
  writeFileSync(
    join(home, 'profiles.toml'),
    `active = "full"\n${profile('full', full.url)}${profile('other', other.url)}`,
  )
  writeFileSync(join(home, 'waves.yaml'), "from: full\nto: other\nwaves:\n  - {name: all, include: '**'}\n")
  filled = await run(['apply', everyKind, '--api-url', every.url, '--yes', '--log', 'ndjson', '--verbose'])
  await every.stop()
  await run(['apply', team, '--profile', 'full', '--yes'])
  await run(['apply', changed(200), '--profile', 'other', '--yes'])
})
afterAll(async () => {
  await full?.stop()
  await other?.stop()
})

describe('--log ndjson in an apply of every kind', () => {
  const schema = JSON.parse(readFileSync('schemas/log-event.v1.json', 'utf8')) as object
  const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema)

  test('prints one event per line, valid for the schema and docs/log-events.md', () => {
    const { exit, stderr, stdout } = filled
    expect(exit, stderr).toBe(0)
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    for (const event of events)
      expect(valid(event), `${JSON.stringify(event)} ${JSON.stringify(valid.errors)}`).toBe(true)
    expect(events[0]).toMatchObject({ type: 'begin', version: 1, command: 'apply' })
    expect(events.at(-1)).toMatchObject({ type: 'end', exit: 0 })
    const of = (type: string) => events.filter((event) => event.type === type)
    expect(of('phase').map(({ phase }) => phase)).toEqual(['connecting', 'reading', 'applying', 'reading back'])
    // One begin and one end event for each change, and a counter in each end event.
    const ids = of('outcome').map(({ outcome }) => (outcome as { id: string }).id)
    expect(
      of('start')
        .map(({ id }) => id)
        .sort(),
    ).toEqual(ids.toSorted())
    expect(of('outcome').map(({ done }) => done)).toEqual(ids.map((_, index) => index + 1))
    expect(new Set(of('outcome').map(({ total }) => total))).toEqual(new Set([ids.length]))
    expect(stdout).toContain(`Applied ${ids.length} changes: ${ids.length} done.`)
    expect(undocumented(events)).toEqual([])
    expect(stderr).not.toMatch(/s3cr3t-token|warehouse-pass|hook-token/)
    expect(everyKindText()).toMatch(/s3cr3t-token/)
  })
})

/** Fields of an event that its row in docs/log-events.md does not name. */
function undocumented(events: readonly Readonly<Record<string, unknown>>[]): string[] {
  const doc = readFileSync('docs/log-events.md', 'utf8')
  const rows = new Map(
    [...doc.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, type = '', fields = '']) => [
      type,
      [...fields.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    ]),
  )
  return events.flatMap((event) =>
    Object.keys(event)
      .filter((name) => !['time', 'type'].includes(name) && !rows.get(String(event.type))?.includes(name))
      .map((name) => `${event.type}.${name}`),
  )
}

describe('standard output has only the payload', () => {
  const commands = programOf('1', async () => {}).commands.map((command) => command.name())

  test('every command has a line here', () => {
    expect(Object.keys(lines).sort()).toEqual(commands.filter((name) => name !== 'help').sort())
  })

  /** Removes legitimate differences between runs: times, and counters of applies. */
  const timeless = (text: string) =>
    text.replace(/\d+(\.\d+)? m?s\b|\b\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, 'TIME').replace(/\b20\d\b/g, 'TURN')

  test.each(Object.entries(lines))('%s', async (_, { before, args, payload, json, quiet: shortened }) => {
    const at = async (turn: number, ...more: readonly string[]) => {
      if (before) await run(before(turn))
      return run([...args(turn), ...more])
    }
    const plain = await at(201)
    expect(plain.stdout, plain.stderr).toMatch(payload)
    // The verbosity of standard error does not change it.
    const quiet = await at(202, '--quiet')
    if (shortened) expect(quiet.stdout).toMatch(shortened)
    else expect(timeless(quiet.stdout)).toBe(timeless(plain.stdout))
    const loud = await at(203, '--verbose', '--log', 'ndjson')
    expect(timeless(loud.stdout)).toBe(timeless(plain.stdout))
    expect(
      loud.stderr
        .trimEnd()
        .split('\n')
        .map((line) => typeof JSON.parse(line)),
    ).not.toContain('string')
    if (!json) return
    const { stdout, exit } = await at(204, '-f', 'json', '--verbose')
    expect(parseReport(stdout).exit).toBe(exit)
  })

  test.each(commands.filter((name) => name !== 'help'))(
    '%s: a mistake is told on standard error alone',
    async (name) => {
      const { exit, stdout, stderr } = await run([name, '--no-such-flag'])
      expect([exit, stdout]).toEqual([3, ''])
      expect(stderr).toMatch(/^error \[usage\]/)
    },
  )
})
