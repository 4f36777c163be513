import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PrefectServer } from '../servers/servers.ts'
import { runCli } from '../support/cli.ts'
import { command } from '../support/command.ts'
import type { Row } from '../support/plain-http.ts'
import { type Database, openDatabase } from './database.ts'
import { contentOf, exact, ids, named, type Rows, readRows, schedulesOf, withNames } from './rows.ts'
import { everyWrite, type Sample } from './sample.ts'
import { openStopper, type Stop, type Stopper } from './stops.ts'

export type Document = Readonly<Record<string, unknown>>

/** A change of what a server holds that takes several writes. */
export interface Update {
  readonly name: string
  readonly from: readonly Document[]
  readonly to: readonly Document[]
  /** First Prefect version that can make it. */
  readonly since?: string
  /** No request can make it without replacing all schedules: they get other ids. */
  readonly replacesSchedules?: true
  /** More fields of the header of the second snapshot. */
  readonly header?: Document
  /** It deletes resources, which get other ids when they are created again. */
  readonly recreates?: true
  /** More flags of the apply. */
  readonly flags?: readonly string[]
}

/** One point at which an update was stopped, and what did not hold there. */
export interface Point {
  readonly update: string
  readonly stop: string
  /** Number of the write, from 1. */
  readonly at: number
  readonly faults: readonly string[]
}

/** What every update is tried on. */
export interface Bench {
  readonly server: PrefectServer
  readonly database: Database
  readonly stopper: Stopper
  readonly folder: string
  close(): Promise<void>
}

export async function openBench(server: PrefectServer): Promise<Bench> {
  const [database, stopper] = [openDatabase(server), await openStopper(server.url)]
  await database.save('empty')
  return {
    server,
    database,
    stopper,
    folder: mkdtempSync(join(tmpdir(), 'prefect-snapshot-hard-')),
    async close() {
      database.close()
      await stopper.close()
      await server.stop()
    },
  }
}

/** A server in the state before an update, and what the update makes of it. */
interface Reference {
  readonly writes: number
  readonly before: Rows
  readonly after: string
  /** What those schedules say that the update itself replaces or removes: they come back under other ids. */
  readonly replaced: ReadonlySet<string>
}

/** What is tried once for each state that the stops lead to: nothing else can change its result. */
interface Tried {
  /** By what the server and the journal say. */
  readonly undone: Set<string>
  /** By what the server holds. */
  readonly completed: Set<string>
}

/**
 * Stops an update at each of its writes, or a sample of them, in each way. Afterwards `undo` must bring the server back to where it was, ids
 * included, and a second apply must bring it to where the update leads.
 */
export async function holdUpdate(
  bench: Bench,
  update: Update,
  stops: readonly Stop[],
  sample: Sample = everyWrite,
): Promise<readonly Point[]> {
  const reference = await referenceOf(bench, update)
  const tried: Tried = { undone: new Set(), completed: new Set() }
  const points: Point[] = []
  for (const stop of stops) {
    for (const at of sample(update.name, stop.name, reference.writes)) {
      const faults = await tryPoint(bench, update, { stop, at }, reference, tried)
      points.push({ update: update.name, stop: stop.name, at, faults })
    }
  }
  return points
}

async function referenceOf(bench: Bench, update: Update): Promise<Reference> {
  const { name, from, to } = update
  await bench.database.load('empty')
  const made = from.length > 0 ? await apply(bench, from) : { exit: 0, err: '' }
  if (made.exit !== 0) throw new Error(`${name}: the state before could not be made: ${made.err}`)
  await bench.database.save('before')
  const before = await readRows(bench.server.url)
  bench.stopper.disarm()
  const { exit, err, out } = await apply(bench, to, update)
  if (exit !== 0) throw new Error(`${name}: the update failed without a fault (${exit}): ${err}${out}`)
  const writes = bench.stopper.disarm()
  const after = await readRows(bench.server.url)
  const again = await apply(bench, to, update)
  if (bench.stopper.disarm() > 0) throw new Error(`${name}: a second apply writes again: ${again.err}${again.out}`)
  const replaced = new Set(schedulesOf(before).filter(isReplacedIn(after)).map(contentOf))
  const needless = schedulesOf(after)
    .map(contentOf)
    .filter((content) => replaced.has(content))
  if (needless.length > 0 && !update.replacesSchedules)
    throw new Error(`${name}: an untouched schedule got another id: ${needless.join(', ')}`)
  return { writes, before, after: named(after), replaced }
}

/** Whether an update gives a schedule another id, or its undo has to: PATCH cannot take away a slug or a number of runs. */
function isReplacedIn(after: Rows) {
  const byId = new Map(schedulesOf(after).map((schedule) => [schedule.id, schedule]))
  return (schedule: Row): boolean => {
    const now = byId.get(schedule.id)
    const gains = (name: string) => (schedule[name] ?? null) === null && (now?.[name] ?? null) !== null
    return now === undefined || gains('slug') || gains('max_scheduled_runs')
  }
}

interface Place {
  readonly stop: Stop
  readonly at: number
}

/** Stops the update there, reverts it, and completes it. Returns what did not hold. */
async function tryPoint(bench: Bench, update: Update, place: Place, reference: Reference, tried: Tried) {
  await bench.database.load('before')
  const journal = join(bench.folder, `${files++}.ndjson`)
  const { exit, faults } = await stopAt(bench, update, place, journal)
  const rows = await readRows(bench.server.url)
  const left = named(rows)
  const written = differenceOf(named(reference.before), left)
  if (exit === 1 && written) faults.push(`the apply ended with 1 although it wrote: ${written}`)
  const whole = `${left}\n${readJournal(journal, rows)}`
  const [isUndone, isCompleted] = [tried.undone.has(whole), tried.completed.has(left)]
  if (isUndone && isCompleted) return faults
  if (!isUndone && !isCompleted) await bench.database.save('left')
  if (!isUndone) {
    const found = await undo(bench, update, journal, reference)
    if (found.length === 0) tried.undone.add(whole)
    faults.push(...found)
  }
  if (isCompleted) return faults
  if (!isUndone) await bench.database.load('left')
  const found = await complete(bench, update, reference)
  if (found.length === 0) tried.completed.add(left)
  return [...faults, ...found]
}

/** What a journal says, with names in place of ids and without times. */
function readJournal(file: string, rows: Rows): string {
  const text = existsSync(file) ? readFileSync(file, 'utf8').replace(/^.*\n/, '') : ''
  const unknown = new Map<string, string>()
  return withNames(text, rows).replace(ids, (id) => {
    if (!unknown.has(id)) unknown.set(id, String(unknown.size))
    return unknown.get(id) ?? id
  })
}

async function undo(
  bench: Bench,
  { recreates }: Update,
  journal: string,
  { before, replaced }: Reference,
): Promise<string[]> {
  const { exit, out, err } = await tool(bench, ['undo', journal, '--yes'])
  const now = await readRows(bench.server.url)
  const textOf = (rows: Rows) => (recreates ? named(rows) : exact(rows, replaced))
  const difference = differenceOf(textOf(before), textOf(now))
  return [
    ...(exit === 0 ? [] : [`undo ended with ${exit}: ${err}${out}`]),
    ...(difference ? [`after undo the server differs: ${difference}`] : []),
  ]
}

async function complete(bench: Bench, update: Update, reference: Reference): Promise<string[]> {
  const { exit, out, err } = await apply(bench, update.to, update)
  const difference = differenceOf(reference.after, named(await readRows(bench.server.url)))
  return [
    ...(exit === 0 ? [] : [`a second apply ended with ${exit}: ${err}${out}`]),
    ...(difference ? [`after a second apply the server differs: ${difference}`] : []),
  ]
}

/** Stops an apply. Returns how it ended, and what was wrong with that. */
async function stopAt(bench: Bench, update: Update, { stop, at }: Place, journal: string) {
  bench.stopper.arm(stop, at)
  const env: Record<string, string> = stop.noRetries ? { PREFECT_CLIENT_MAX_RETRIES: '0' } : {}
  const flags = [...(update.flags ?? []), '--journal', journal]
  const { exit, err } = await apply(bench, update.to, { ...update, flags }, env, stop.kills)
  const writes = bench.stopper.disarm()
  const faults: string[] = []
  if (writes < at) faults.push(`the apply sent ${writes} writes and was not stopped: ${err}`)
  else if (stop.recovers && exit !== 0) faults.push(`the apply ended with ${exit}: ${err}`)
  // 1 where nothing was written, 5 where something was or may have been.
  else if (!stop.kills && ![0, 1, 5].includes(exit ?? -1)) faults.push(`the apply ended with ${exit}: ${err}`)
  return { exit, faults }
}

let files = 0

async function apply(
  bench: Bench,
  documents: readonly Document[],
  { header = {}, flags = [] }: Pick<Update, 'header' | 'flags'> = {},
  env: Readonly<Record<string, string>> = {},
  own: true | undefined = undefined,
) {
  const file = join(bench.folder, `${files++}.yaml`)
  const all = [{ kind: 'snapshot', version: 1, ...header }, ...documents]
  writeFileSync(file, all.map((document) => `${JSON.stringify(document)}\n`).join('---\n'))
  const args = ['apply', file, '--yes', '--concurrency', '1', '--override-change-limit', ...flags]
  return tool(bench, args, env, own)
}

/** Runs the tool through the proxy: in this process, or as one of its own that can be killed. */
async function tool(
  { stopper, folder }: Bench,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  own: true | undefined = undefined,
): Promise<{ readonly exit: number | null; readonly out: string; readonly err: string }> {
  const all = [...args, '--api-url', stopper.url]
  const environment = { HOME: folder, ...secrets, ...env }
  if (!own) {
    const { issues, ...told } = await command(all, environment, folder)
    return { ...told, err: told.err + issues.map(({ message }) => message).join(' ') }
  }
  const { exit, stdout, stderr } = await runCli(all, {
    env: environment,
    cwd: folder,
    started: (child) => {
      stopper.child = child
    },
  })
  return { exit, out: stdout, err: stderr }
}

/** Values for secrets of the updates. */
const secrets = { TOKEN: 'made-up', OTHER_TOKEN: 'made-up too' }

/** The lines in which two texts differ, shortened to where they differ. */
function differenceOf(expected: string, found: string): string | undefined {
  if (expected === found) return undefined
  const [wanted, here] = [expected.split('\n'), found.split('\n')]
  const without = (lines: readonly string[], others: readonly string[]) => {
    const left = [...others]
    return lines.filter((line) => {
      const index = left.indexOf(line)
      if (index >= 0) left.splice(index, 1)
      return index < 0
    })
  }
  return `expected\n  ${without(wanted, here).join('\n  ')}\nfound\n  ${without(here, wanted).join('\n  ')}`
}
