import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/all.ts'
import { isWrite } from '../servers/tap.ts'
import { type Cloud, type CloudFault, type FaultPlace, openCloud } from '../support/cloud/cloud.ts'
import { command, type Told } from '../support/command.ts'
import { good, withoutHeader } from '../support/journey.ts'
import { deletePlatform, type Plain, plainHttp } from '../support/plain-http.ts'

/*
 * Each way in which a connection to Cloud fails, in the middle of each command that writes (apply: test/cloud/failures.test.ts), with
 * what the user reads, the exit code, and the law: what has changed on the server is exactly what is reported as done.
 */

/** Workspaces have no default result storage. */
const ofCloud = kinds.filter(({ name }) => name !== 'default-result-storage')
const names = ['a', 'b', 'c']
let cloud: Cloud
let http: Plain

const document = (kind: string, key: string, more: string) => `---\nkind: ${kind}\nkey: ${key}\n${more}\n`
const event = '{type: event, posture: Reactive, expect: [x], threshold: 1, within: 0}'
const automation = (name: string, description: string) =>
  document(
    'automation',
    name,
    `spec: {description: ${description}, enabled: true, trigger: ${event}, actions: [{type: do-nothing}]}`,
  )
const header = (include: string) => `kind: snapshot\nversion: 1\nscope: {include: ["${include}"]}\n`
const automations = (description: string) =>
  header('automation/*') + names.map((name) => automation(name, description)).join('')
const deployments =
  document('flow', 'f', '') +
  names.map((name) => document('deployment', `f/${name}`, 'refs: {flow: flow/f}\nspec: {paused: false}')).join('')
const platform = `kind: snapshot\nversion: 1\n${deployments}${names.map((name) => automation(name, 'after')).join('')}`
const variables = (values: Readonly<Record<string, string>>) =>
  header('variable/*') +
  Object.entries(values)
    .map(([name, value]) => document('variable', name, `spec: {value: ${value}}`))
    .join('')

beforeAll(async () => {
  cloud = await openCloud({ workspaces: [{ name: 'acme/old' }, { name: 'acme/prod' }] })
  http = plainHttp(await cloud.serverUrl('acme/prod'))
  good(await run(newFolder(), 'apply', 'platform.yaml', '--profile', 'old', '--yes'))
})
afterAll(() => cloud?.close())

/** A home with the profiles of both workspaces, and the files of all rows. */
function newFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-failing-'))
  mkdirSync(join(dir, 'backups'))
  const files = {
    'profiles.toml': cloud.profiles({ old: { workspace: 'acme/old' }, prod: { workspace: 'acme/prod' } }),
    'platform.yaml': platform,
    'before.yaml': automations('before'),
    'after.yaml': automations('after'),
    'waves.yaml': 'from: old\nto: prod\nwaves: [{name: all, include: "**"}]\n',
    'variables.yaml': variables({ old: 'before', same: 'before' }),
    'backups/2026-11-24T10-30-00Z.snapshot.yaml': variables({ new_1: 'after', new_2: 'after', same: 'after' }),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  return dir
}

const run = (dir: string, ...args: readonly string[]): Promise<Told> =>
  command(args, { ...cloud.env, HOME: dir, PREFECT_HOME: dir }, dir, { kinds: ofCloud, serverTimeoutMs: 500 })

/** What the workspace has, by plain HTTP: each resource with all that the commands of this file change. */
async function state(): Promise<ReadonlyMap<string, unknown>> {
  const list = (path: string) => http.list(`/${path}/filter`, {})
  return new Map<string, unknown>([
    ...(await list('variables')).map(({ name, value }) => [`variable/${name}`, value] as const),
    ...(await list('flows')).map(({ name }) => [`flow/${name}`, true] as const),
    ...(await list('deployments')).map(({ name, paused }) => [`deployment/f/${name}`, `paused ${paused}`] as const),
    ...(await list('automations')).map(
      ({ name, description, enabled }) => [`automation/${name}`, `${description} ${enabled}`] as const,
    ),
  ])
}

const changedIn = (before: ReadonlyMap<string, unknown>, now: ReadonlyMap<string, unknown>) =>
  [...new Set([...before.keys(), ...now.keys()])].filter((ref) => before.get(ref) !== now.get(ref)).sort()

interface Report {
  readonly outcomes: readonly { readonly id: string; readonly status: string }[]
  readonly issues: readonly { readonly message: string; readonly fix?: string }[]
}

interface Row {
  readonly name: string
  readonly args: readonly string[]
  /** What the workspace has before: a file to apply, after which `next` is typed. */
  readonly before?: string
  readonly next?: readonly string[]
  /** By default, its plans are larger than the limit of changes. */
  readonly isSwitch?: true
  /** The write requests that fail. */
  readonly write: RegExp
}

const rows: readonly Row[] = [
  {
    name: 'transfer',
    args: ['transfer', '--from', 'old', '--to', 'prod'],
    write: /^POST \/(flows|deployments|automations)\/$/,
  },
  {
    name: 'restore',
    args: ['restore', 'backups', '--profile', 'prod', '--prune'],
    before: 'variables.yaml',
    write: /^(POST \/variables\/$|PATCH|DELETE)/,
  },
  { name: 'migrate sync', args: ['migrate', 'sync'], write: /^POST \/(flows|deployments|automations)\/$/ },
  { name: 'apply with PUT', args: ['apply', 'after.yaml', '--profile', 'prod'], before: 'before.yaml', write: /^PUT/ },
  {
    name: 'pause',
    args: ['pause', '--profile', 'prod'],
    before: 'platform.yaml',
    isSwitch: true,
    write: /^PATCH/,
  },
  {
    name: 'activate',
    args: ['activate', 'platform.yaml', '--profile', 'prod'],
    before: 'platform.yaml',
    next: ['pause', '--profile', 'prod', '--yes'],
    isSwitch: true,
    write: /^PATCH/,
  },
]

interface Mode {
  readonly name: string
  readonly fault: CloudFault
  readonly place: Omit<FaultPlace, 'match'>
  /** In the text for the user. Without it, everything is done in spite of the failure. */
  readonly says?: string
  /** The rest is not sent. */
  readonly stops?: boolean
  /** Is tried with each command; the others with the first three only, unless `PREFECT_SNAPSHOT_FAILING_COMMANDS=all`. */
  readonly everywhere?: true
}

const modes: readonly Mode[] = [
  {
    name: 'the key expires',
    fault: 'expired-key',
    place: { at: 2 },
    says: 'Prefect Cloud rejected the API key',
    stops: true,
    everywhere: true,
  },
  {
    name: 'the workspace is deleted',
    fault: 'deleted-workspace',
    place: { at: 2 },
    says: 'there is no such workspace',
    stops: true,
  },
  {
    name: 'all writes are answered with a page in HTML',
    fault: 'bad-gateway',
    place: { at: 2, times: 999 },
    says: 'a proxy could not reach the server',
  },
  { name: 'one write is answered with a page in HTML', fault: 'bad-gateway', place: { at: 2 } },
  { name: 'a storm of 429', fault: 'rate-limit', place: { at: 2, times: 3 } },
  { name: 'an answer has half of its JSON', fault: 'cut-json', place: { at: 2 }, everywhere: true },
  { name: 'an answer is torn', fault: 'torn-body', place: { at: 2 } },
  { name: 'an answer is slow', fault: { slowBody: { pieces: 4, pauseMs: 20 } }, place: { at: 2 } },
  { name: 'the connection is lost before the write', fault: 'lost-request', place: { at: 2 } },
  { name: 'the connection is lost after the write', fault: 'lost-answer', place: { at: 2 }, everywhere: true },
]

/** The workspace as it is before a row. */
async function reset(dir: string, { before, next }: Row): Promise<void> {
  cloud.heal()
  cloud.setExpired('owner', false)
  cloud.setDeleted('acme/prod', false)
  await deletePlatform(await cloud.serverUrl('acme/prod'))
  if (before) good(await run(dir, 'apply', before, '--profile', 'prod', '--yes'))
  if (next) good(await run(dir, ...next))
  cloud.clear()
}

const isWhole = process.env.PREFECT_SNAPSHOT_FAILING_COMMANDS === 'all'

describe.each(rows)('$name', (row) => {
  const { args, write, isSwitch } = row
  const more = isSwitch ? [] : ['--override-change-limit']
  const typed = (dir: string) => run(dir, ...args, '--yes', '-f', 'json', '--concurrency', '1', ...more)
  let wanted: ReadonlyMap<string, unknown>
  /** The first read after the last write. */
  let readBack: number

  beforeAll(async () => {
    const dir = newFolder()
    await reset(dir, row)
    good(await typed(dir))
    wanted = await state()
    // A fault at the second write has something to hit, and something is left after it.
    const lines = cloud.calls.map(({ method, path }) => `${method} ${path}`)
    expect(lines.filter((line) => write.test(line)).length).toBeGreaterThan(2)
    const end = lines.findLastIndex((line) => write.test(line))
    readBack = lines.slice(0, end).filter((line) => /filter$/.test(line)).length + 1
  })

  const tried = isWhole || rows.indexOf(row) < 3 ? modes : modes.filter(({ everywhere }) => everywhere)
  test.each(tried)('$name', async ({ fault, place, says, stops }) => {
    const dir = newFolder()
    await reset(dir, row)
    const before = await state()
    cloud.fail(fault, { match: write, ...place })
    const ran = await typed(dir)
    expect(ran.exit, ran.out + ran.err + JSON.stringify(ran.issues)).toBe(says ? 5 : 0)
    cloud.heal()
    cloud.setExpired('owner', false)
    cloud.setDeleted('acme/prod', false)
    const { outcomes, issues } = JSON.parse(ran.out) as Report
    const now = await state()
    const having = (status: string) => outcomes.filter((one) => one.status === status).map(({ id }) => id)
    expect(changedIn(before, now)).toEqual(having('done').sort())
    if (!says) return expect(now).toEqual(wanted)
    expect(JSON.stringify([outcomes, issues])).toContain(says)
    expect(having('failed').length).toBeGreaterThan(0)
    expect(having('not-started').length > 0).toBe(stops ?? false)
    if (stops) expect(cloud.calls.filter(({ status }) => status === 401 || status === 404).length).toBeLessThan(3)
    // The same command does the rest.
    const again = await typed(dir)
    expect(again.exit, again.out + again.err + JSON.stringify(again.issues)).toBe(0)
    expect(await state()).toEqual(wanted)
  })

  test('the key expires when what was written is read back', async () => {
    const dir = newFolder()
    await reset(dir, row)
    const before = await state()
    cloud.fail('expired-key', { match: /filter$/, at: readBack })
    const ran = await typed(dir)
    expect(ran.exit, ran.out + ran.err + JSON.stringify(ran.issues)).toBe(0)
    const { outcomes, issues } = JSON.parse(ran.out) as Report
    const now = await state()
    expect(now).toEqual(wanted)
    expect(changedIn(before, now)).toEqual(outcomes.map(({ id }) => id).sort())
    expect(outcomes.filter(({ status }) => status !== 'done')).toEqual([])
    expect(issues.filter(({ message }) => /were applied, but .* could not be/.test(message))).not.toEqual([])
  })
})

/** What a command that only reads, or has not begun to write, says. */
const readModes: readonly (readonly [string, CloudFault, Omit<FaultPlace, 'match'>, number, string | RegExp])[] = [
  ['the key expires', 'expired-key', { at: 3 }, 4, 'Prefect Cloud rejected the API key'],
  ['the workspace is deleted', 'deleted-workspace', { at: 3 }, 4, /there is no (such )?workspace/i],
  ['every list is a page in HTML', 'bad-gateway', { at: 2, times: 999 }, 1, 'a proxy could not reach'],
  ['every list has half of its JSON', 'cut-json', { at: 2, times: 999 }, 8, 'its JSON ends early'],
  ['every list is torn', 'torn-body', { at: 2, times: 999 }, 1, 'the answer was incomplete'],
  ['one list is a page in HTML', 'bad-gateway', { at: 2 }, 0, ''],
  ['one list has half of its JSON', 'cut-json', { at: 2 }, 0, ''],
  ['one list is torn', 'torn-body', { at: 2 }, 0, ''],
  ['the connection is lost', 'lost-answer', { at: 2 }, 0, ''],
  ['a storm of 429', 'rate-limit', { at: 2, times: 4 }, 0, ''],
  ['a list is slow', { slowBody: { pieces: 8, pauseMs: 20 } }, { at: 2 }, 0, ''],
]

describe('backup has a whole file, or none', () => {
  const backup = async (dir: string) => {
    const told = await run(dir, 'backup', 'kept', '--profile', 'old')
    const files = readdirSync(dir).includes('kept') ? readdirSync(join(dir, 'kept')) : []
    return { told, texts: files.map((name) => withoutHeader(readFileSync(join(dir, 'kept', name), 'utf8'))) }
  }
  let whole: readonly string[]
  beforeAll(async () => {
    cloud.heal()
    cloud.setExpired('owner', false)
    cloud.setDeleted('acme/prod', false)
    const first = await backup(newFolder())
    expect([good(first.told).exit, first.texts.length]).toEqual([0, 1])
    whole = first.texts
  })

  test.each(readModes)('%s', async (_, fault, place, exit, says) => {
    cloud.heal()
    cloud.setExpired('owner', false)
    cloud.setDeleted('acme/old', false)
    cloud.fail(fault, { match: /filter$/, ...place })
    const { told, texts } = await backup(newFolder())
    cloud.setExpired('owner', false)
    cloud.setDeleted('acme/old', false)
    expect(told.exit, told.out + told.err + JSON.stringify(told.issues)).toBe(exit)
    expect(told.err + told.issues.map(({ message }) => message).join()).toMatch(says)
    expect(texts).toEqual(exit === 0 ? whole : [])
  })
})

test.each(readModes.filter(([, , , exit]) => exit > 0))(
  'a transfer writes nothing when its source fails: %s',
  async (_, fault, place, exit, says) => {
    const dir = newFolder()
    await reset(dir, { name: 'transfer', args: [], write: /./ })
    cloud.setDeleted('acme/old', false)
    cloud.fail(fault, { match: /^POST \/(automations|deployments|flows)\/filter$/, ...place, at: 1 })
    const told = await run(dir, 'transfer', '--from', 'old', '--to', 'prod', '--yes')
    cloud.heal()
    cloud.setDeleted('acme/old', false)
    cloud.setDeleted('acme/prod', false)
    cloud.setExpired('owner', false)
    expect(told.exit, told.out + told.err + JSON.stringify(told.issues)).toBe(exit)
    expect(told.err + told.issues.map(({ message }) => message).join()).toMatch(says)
    expect(cloud.calls.filter(isWrite)).toEqual([])
    expect(await state()).toEqual(new Map())
  },
)
