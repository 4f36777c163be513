import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PrefectServer } from '../servers/servers.ts'
import { runCli } from '../support/cli.ts'
import { command } from '../support/command.ts'
import type { Row } from '../support/plain-http.ts'
import { contentOf, deleteExcept, exact, named, type Rows, readRows, schedulesOf } from './rows.ts'
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
  readonly stopper: Stopper
  readonly folder: string
}

export async function openBench(server: PrefectServer): Promise<Bench> {
  return {
    server,
    stopper: await openStopper(server.url),
    folder: mkdtempSync(join(tmpdir(), 'prefect-snapshot-hard-')),
  }
}

/** A server in the state before an update, and what the update makes of it. */
interface Reference {
  readonly writes: number
  readonly after: string
  /** What those schedules say that the update itself replaces or removes: they come back under other ids. */
  readonly replaced: ReadonlySet<string>
}

/**
 * Stops an update at each of its writes in each way. Afterwards `undo` must bring the server back to where it was, ids
 * included, and a second apply, after another such stop, must bring it to where the update leads.
 */
export async function holdUpdate(bench: Bench, update: Update, stops: readonly Stop[]): Promise<readonly Point[]> {
  const reference = await referenceOf(bench, update)
  const points: Point[] = []
  // A second apply depends on nothing but what the server holds, so it is tried once for each state.
  const completed = new Set<string>()
  let before = await begin(bench, update)
  for (const stop of stops) {
    for (let at = 1; at <= reference.writes; at++) {
      const undone = await tryUndo(bench, update, { stop, at }, before, reference)
      const faults = [...undone.faults]
      if (faults.length > 0) before = await begin(bench, update)
      if (!completed.has(undone.left)) {
        const again = await tryAgain(bench, update, { stop, at }, reference)
        faults.push(...again)
        if (again.length === 0) completed.add(undone.left)
        before = again.length > 0 ? await begin(bench, update) : await goBack(bench, update, before)
      }
      points.push({ update: update.name, stop: stop.name, at, faults })
    }
  }
  return points
}

/** Brings an empty server to the state before the update. */
async function begin(bench: Bench, update: Update): Promise<Rows> {
  await deleteExcept(bench.server.url, {})
  return makeBefore(bench, update)
}

/** Brings the server from the state after the update to the one before, which takes less than to begin anew. */
async function goBack(bench: Bench, update: Update, before: Rows): Promise<Rows> {
  await deleteExcept(bench.server.url, before)
  const now = await makeBefore(bench, update)
  return named(now) === named(before) ? now : begin(bench, update)
}

async function makeBefore(bench: Bench, { name, from }: Update): Promise<Rows> {
  const { exit, err } = from.length > 0 ? await apply(bench, from) : { exit: 0, err: '' }
  if (exit !== 0) throw new Error(`${name}: the state before could not be made: ${err}`)
  bench.stopper.disarm()
  return readRows(bench.server.url)
}

async function referenceOf(bench: Bench, update: Update): Promise<Reference> {
  const before = await begin(bench, update)
  const { exit, err, out } = await apply(bench, update.to, update.flags)
  if (exit !== 0) throw new Error(`${update.name}: the update failed without a fault (${exit}): ${err}${out}`)
  const writes = bench.stopper.disarm()
  const after = await readRows(bench.server.url)
  const again = await apply(bench, update.to, update.flags)
  if (bench.stopper.disarm() > 0)
    throw new Error(`${update.name}: a second apply writes again: ${again.err}${again.out}`)
  const replaced = new Set(schedulesOf(before).filter(isReplacedIn(after)).map(contentOf))
  const needless = schedulesOf(after)
    .map(contentOf)
    .filter((content) => replaced.has(content))
  if (needless.length > 0 && !update.replacesSchedules)
    throw new Error(`${update.name}: an untouched schedule got another id: ${needless.join(', ')}`)
  return { writes, after: named(after), replaced }
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

/** Stops the update there, and reverts it. Returns what did not hold, and what the server held in between. */
async function tryUndo(bench: Bench, update: Update, place: Place, before: Rows, reference: Reference) {
  const journal = journalPath(bench)
  const faults = await stopAt(bench, update, place, journal)
  const left = named(await readRows(bench.server.url))
  const { exit, out, err } = await tool(bench, ['undo', journal, '--yes'])
  const now = await readRows(bench.server.url)
  const difference = differenceOf(exact(before, reference.replaced), exact(now, reference.replaced))
  if (exit !== 0) faults.push(`undo ended with ${exit}: ${err}${out}`)
  if (difference) faults.push(`after undo the server differs: ${difference}`)
  return { faults, left }
}

/** Stops the update there, and applies it again. Returns what did not hold. */
async function tryAgain(bench: Bench, update: Update, place: Place, reference: Reference) {
  const faults = await stopAt(bench, update, place, journalPath(bench))
  const { exit, out, err } = await apply(bench, update.to, update.flags)
  const difference = differenceOf(reference.after, named(await readRows(bench.server.url)))
  if (exit !== 0) faults.push(`a second apply ended with ${exit}: ${err}${out}`)
  if (difference) faults.push(`after a second apply the server differs: ${difference}`)
  return faults
}

async function stopAt(bench: Bench, update: Update, { stop, at }: Place, journal: string): Promise<string[]> {
  bench.stopper.arm(stop, at)
  const env: Record<string, string> = stop.noRetries ? { PREFECT_CLIENT_MAX_RETRIES: '0' } : {}
  const args = [...(update.flags ?? []), '--journal', journal]
  const { exit, err } = await apply(bench, update.to, args, env, stop.kills)
  const writes = bench.stopper.disarm()
  if (writes < at) return [`the apply sent ${writes} writes and was not stopped: ${err}`]
  if (stop.recovers && exit !== 0) return [`the apply ended with ${exit}: ${err}`]
  // 1 where nothing was written, 5 where something was.
  return stop.kills || exit === 0 || exit === 5 || (exit === 1 && at === 1)
    ? []
    : [`the apply ended with ${exit}: ${err}`]
}

let files = 0

function journalPath({ folder }: Bench): string {
  return join(folder, `${files++}.ndjson`)
}

async function apply(
  bench: Bench,
  documents: readonly Document[],
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  inProcess: true | undefined = undefined,
) {
  const file = join(bench.folder, `${files++}.yaml`)
  const header = 'kind: snapshot\nversion: 1\n'
  writeFileSync(file, [header, ...documents.map((document) => `${JSON.stringify(document)}\n`)].join('---\n'))
  const args = ['apply', file, '--yes', '--concurrency', '1', '--override-change-limit', ...flags]
  return tool(bench, args, env, inProcess)
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
