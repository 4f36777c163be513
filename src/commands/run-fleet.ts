import { Failure } from '../issue.ts'
import {
  type Fleet,
  type FleetTarget,
  findProfiles,
  findWorkspaces,
  runTargets,
  sameServers,
  type Turn,
} from '../operations/fleet.ts'
import { isPattern } from '../operations/fleet-targets.ts'
import { type Format, fleetReporters } from '../report/index.ts'
import type { FleetReport, TargetReport } from '../report/model/fleet-report.ts'
import { inputFor, withOwnSnapshots } from './fleet-input.ts'
import { createSeats, type Seat } from './fleet-seats.ts'
import type { ExitStatus, Io } from './io.ts'
import { commonOf } from './print.ts'
import { worstOf } from './worst-status.ts'

/** The commands that can run for several servers. */
export type FleetCommand = 'export' | 'plan' | 'apply' | 'backup' | 'verify'

/** The options of such a command that matter to all servers. */
export interface FleetInput {
  readonly profile?: string
  readonly apiUrl?: string
  readonly workspace?: string
  readonly parallel?: number
  readonly format: Format
  readonly output?: string
  readonly yes?: boolean
}

/** As many servers at a time as are read in about the time of one: most of it is waiting for answers. */
const defaultParallel = 8

/**
 * Runs a command for each server that a pattern selects, some at a time, as if it was called for each of them; then prints
 * the results of all. The status is the worst of all.
 */
export async function runFleet<I extends FleetInput>(
  command: FleetCommand,
  input: I,
  io: Io,
  run: (input: I, io: Io) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  const by = isPattern(input.profile) ? 'profile' : 'workspace'
  const pattern = input[by] ?? ''
  const fleet = by === 'profile' ? findProfiles(pattern, io) : await findWorkspaces(pattern, input, io)
  check(command, input, fleet, io)
  const { targets } = fleet
  const shared = withOwnSnapshots({ ...(input as object) }, targets, io.cwd)
  const seats = createSeats(targets, { ...io, stdin: once(io.stdin) }, command !== 'apply' || input.yes !== true)
  const runOne = (target: FleetTarget, turn: Turn) => {
    const own = inputFor(shared, target)
    // The table of options says which values there are; only some of them were replaced.
    return run(own as unknown as I, seats.take(target, turn))
  }
  const parallel = input.parallel ?? defaultParallel
  await runTargets(targets, { parallel, run: runOne, ended: seats.end }, io)
  return report({ command, by, pattern }, seats.all, input, io)
}

/** Throws `Failure` if the options do not fit several servers. */
function check(command: FleetCommand, { format, output }: FleetInput, { targets, skipped }: Fleet, io: Io): void {
  if (format === 'html') {
    const fix = 'Pass -f markdown or -f json, or the name of one profile.'
    throw usage('-f html shows one server, but a pattern selects several.', fix)
  }
  if (output === '-') {
    const fix = 'Pass -o with a directory, in which each server gets a folder.'
    throw usage('Several servers cannot be written to standard output.', fix)
  }
  if (skipped.length > 0) io.note(`Skipped without PREFECT_API_URL: ${skipped.join(', ')}\n`)
  const same = sameServers(targets)
  if (same.length === 0) return
  // To read a server twice is harmless.
  if (command === 'plan' || command === 'apply') throw new Failure(same)
  io.warn(same.map((issue) => ({ ...issue, severity: 'warning' })))
}

function usage(message: string, fix: string): Failure {
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}

async function report(
  selected: Pick<FleetReport, 'command' | 'by' | 'pattern'>,
  seats: readonly Seat[],
  { format }: FleetInput,
  io: Io,
): Promise<ExitStatus> {
  const status = worstOf(seats.map(({ end }) => end?.status ?? 'failed'))
  const targets = seats.map(targetReport(io))
  const common = commonOf([], status, io)
  const document: FleetReport = {
    schema: 'prefect-snapshot/fleet',
    ...common,
    ...selected,
    targets,
  }
  if (format === 'html' || (io.quiet && format === 'text' && status === 'ok')) return status
  const reporter = await fleetReporters[format]()
  io.out(await reporter(document, { style: io.style, width: io.width }))
  return status
}

function targetReport(io: Io): (seat: Seat) => TargetReport {
  return ({ target, end, report: own }) => {
    const { exit, issues } = commonOf(end?.issues ?? [], end?.status ?? 'failed', io)
    return {
      name: target.name,
      ...(target.url === undefined ? {} : { url: target.url }),
      exit,
      issues,
      ...(own && issues.length === 0 ? { report: { ...own, exit } } : {}),
    }
  }
}

/** Reads standard input once for all. */
function once(stdin: Io['stdin']): Io['stdin'] {
  let read: Promise<Uint8Array> | undefined
  return () => {
    read ??= stdin()
    return read
  }
}
