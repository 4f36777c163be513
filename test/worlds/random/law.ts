import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTap } from '../../servers/tap.ts'
import { command, type Told } from '../../support/command.ts'
import { plainRows, type Rows } from '../../support/plain-rows.ts'
import type { WorldBench } from './bench.ts'
import { buildWorld } from './build-world.ts'
import { type Chance, chanceOf } from './chance.ts'
import { changedRefs, differencesOf, isNamed, listedIn, refOfKey, restorableRows } from './compare.ts'
import { editAtRandom } from './edits.ts'

/** What was found of one world. */
export interface Held {
  readonly seed: number
  /** Requests that made the world. */
  readonly accepted: number
  readonly refused: number
  /** Resources that the export named as not written: the law is then about the rest. */
  readonly leftOut: number
  readonly edits: readonly string[]
  /** What does not hold, in words. */
  readonly faults: readonly string[]
}

/** One world on its way through the law. */
interface Trial {
  readonly bench: WorldBench
  readonly chance: Chance
  readonly folder: string
  /** The snapshot: a file or a directory. */
  readonly file: string
  readonly faults: string[]
}

/**
 * The law of every world: its export validates; applied to an empty server it is the same by plain requests, and a second apply
 * writes nothing; random edits are exactly what the plan lists; an apply takes them back, and undo brings them again.
 */
export async function holdWorld(bench: WorldBench, seed: number): Promise<Held> {
  await bench.empty()
  const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-world-'))
  const chance = chanceOf(seed ^ 0x5eed)
  const trial = { bench, chance, folder, file: join(folder, chance.pick(['world.yaml', 'world/'])), faults: [] }
  try {
    const { accepted, refused } = await buildWorld(bench.source.url, bench.version, seed)
    return { seed, accepted, refused, ...(await hold(trial)), faults: trial.faults }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function hold(trial: Trial): Promise<Pick<Held, 'leftOut' | 'edits'>> {
  const { source, target } = trial.bench
  const before = await plainRows(source.url)
  const exported = await run(trial, 'export', '-o', trial.file, '--secrets', 'plain', '--api-url', source.url)
  const leftOut = (exported.err.match(/\[left-out]/g) ?? []).length
  const stopped = { leftOut, edits: [] }
  if (!succeeded(trial, 'export', exported, leftOut > 0 ? 8 : 0)) return stopped
  if (!succeeded(trial, 'validate', await run(trial, 'validate', trial.file))) return stopped
  if (!succeeded(trial, 'apply', await apply(trial, target.url))) return stopped
  const after = await plainRows(target.url)
  if (leftOut === 0) expectSame(trial, 'the applied world', before, after)
  else expectPart(trial, before, after, exported.err)
  await expectNoWrites(trial)
  return leftOut > 0 || trial.faults.length > 0 ? stopped : { leftOut, edits: await editAndBack(trial, after) }
}

async function editAndBack(trial: Trial, before: Rows): Promise<readonly string[]> {
  const { chance, bench, file, faults } = trial
  const { url } = bench.target
  const edits = await editAtRandom(url, chance, 1 + chance.below(3))
  const said = edits.join(', ')
  const edited = await plainRows(url)
  const wanted = changedRefs(before, edited)
  const plan = await run(trial, 'plan', file, '--api-url', url, '-f', 'json', '--allow-unresolved')
  const { changes, unsupported } = plan.out === '' ? { changes: [plan.err], unsupported: [] } : listedIn(plan.out)
  const possible = wanted.filter((ref) => changes.includes(ref) || !unsupported.includes(ref))
  if (JSON.stringify(changes) !== JSON.stringify(possible))
    faults.push(
      `after ${said}: the plan lists ${JSON.stringify(changes)}, and plain requests ${JSON.stringify(possible)}`,
    )
  const applied = await apply(trial, url)
  if (!succeeded(trial, `apply after ${said}`, applied)) return edits
  const restored = restorableRows(await plainRows(url), unsupported)
  expectSame(trial, `the apply after ${said}`, restorableRows(before, unsupported), restored)
  const journal = /Journal: (\S+)/.exec(applied.err)?.[1]
  if (journal === undefined) return edits
  const undone = await run(trial, 'undo', journal, '--api-url', url, '--yes')
  // The journal has no secrets, so one that the apply replaced cannot come back.
  const lost = [...undone.err.matchAll(/\[unrecoverable-secret] (.*?) is not restored in full/gs)].map(([, ref]) =>
    String(ref),
  )
  if (!succeeded(trial, `undo of ${said}`, undone, lost.length > 0 ? 5 : 0)) return edits
  const [then, now] = [restorableRows(edited, lost), restorableRows(await plainRows(url), lost)]
  expectSame(trial, `the undo of ${said}`, then, now)
  return edits
}

function apply(trial: Trial, url: string): Promise<Told> {
  return run(trial, 'apply', trial.file, '--api-url', url, '--yes', '--allow-unresolved')
}

async function expectNoWrites(trial: Trial): Promise<void> {
  const tap = await openTap(trial.bench.target.url)
  const again = await apply(trial, tap.url)
  succeeded(trial, 'the second apply', again)
  const writes = tap.writes().map(({ method, path }) => `${method} ${path}`)
  if (writes.length > 0) trial.faults.push(`the second apply writes: ${writes.join(', ')}\n${again.out}`)
  await tap.close()
}

function expectSame({ faults }: Trial, what: string, before: Rows, after: Rows): void {
  const differences = differencesOf(before, after)
  if (differences.length > 0) faults.push(`${what} differs:\n  ${differences.join('\n  ')}`)
}

/** Each resource of the source has arrived, or the export has named it. NUL characters are shown as escapes. */
function expectPart({ faults }: Trial, before: Rows, after: Rows, said: string): void {
  const lost = [...before.keys()].filter((key) => !after.has(key)).map(refOfKey)
  const unsaid = lost.filter((ref) => isNamed(ref) && !said.includes(shown(ref)))
  if (unsaid.length > 0) faults.push(`lost without a word: ${JSON.stringify(unsaid)}\n${said}`)
}

/** The beginning of a ref, up to the first character that is not shown as it is. */
const shown = (ref: string) => /^[\x20-\x7e]*/.exec(ref)?.[0] ?? ''

function run({ folder }: Trial, ...args: readonly string[]): Promise<Told> {
  const crashed = (error: Error): Told => ({ exit: -1, out: '', err: error.stack ?? String(error), issues: [] })
  return command(args, { HOME: folder, PREFECT_HOME: folder }, folder).catch(crashed)
}

/** Whether a command ended as it should; its output is a fault otherwise. */
function succeeded({ faults }: Trial, what: string, { exit, out, err, issues }: Told, wanted = 0): boolean {
  if (exit === wanted) return true
  const texts = [out, err, ...issues.map((issue) => JSON.stringify(issue))].map((text) => text.slice(-3000))
  faults.push(`${what} ended with ${exit}\n${texts.join('\n')}`)
  return false
}
