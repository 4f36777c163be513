import type { Issue } from '../issue.ts'
import type { FleetResult, FleetTarget, Turn } from '../operations/fleet.ts'
import { plural } from '../plain-text.ts'
import type { SingleReport } from '../report/model/fleet-report.ts'
import { createQuestion } from './fleet-question.ts'
import type { ExitStatus, Io } from './io.ts'

/** A command for one of several servers: what it has printed, and how it ended. */
export interface Seat {
  readonly target: FleetTarget
  /** Reports as text that were not printed yet. */
  text: string
  report?: SingleReport
  /** It asks, or has asked, whether its plan is applied. */
  asks: boolean
  end?: { readonly status: ExitStatus; readonly issues: readonly Issue[] }
}

/** The commands for all servers. */
export interface Seats {
  readonly all: readonly Seat[]
  /** Begins the command for a server, and returns its environment. */
  take(target: FleetTarget, turn: Turn): Io
  /** Ends it. */
  end(target: FleetTarget, result: FleetResult<ExitStatus>): void
}

/**
 * The environments in which a command runs for several servers. Their events and texts say which server they are about, their
 * reports are kept, and they ask one question together. The text of a report is printed as soon as it is there, or,
 * `inOrder`, once those of the servers before it have been printed.
 */
export function createSeats(targets: readonly FleetTarget[], io: Io, inOrder: boolean): Seats {
  const all = targets.map((target): Seat => ({ target, text: '', asks: false }))
  const seatOf = new Map(all.map((seat) => [seat.target, seat]))
  const find = (target: FleetTarget) => seatOf.get(target) as Seat
  const question = createQuestion(targets.length, () => askAll(all, io))
  const flush = () => {
    for (const seat of all) {
      if (inOrder && !seat.asks && !seat.end) return
      print(seat, io)
    }
  }
  return {
    all,
    take(target, turn) {
      const seat = find(target)
      const ask = () => {
        seat.asks = true
        flush()
        return turn.meanwhile(question.ask())
      }
      io.onEvent({ type: 'target-begin', target: target.name })
      return ioFor(seat, io.ask ? { ...io, ask } : io, flush)
    },
    end(target, result) {
      const seat = find(target)
      const issues = 'issues' in result ? result.issues : []
      const status = 'issues' in result ? io.statusOf(result.issues) : result.result
      seat.end = { status, issues }
      if (issues.length > 0) io.onEvent({ type: 'warning', issues, target: target.name })
      const done = all.filter((one) => one.end).length
      io.onEvent({ type: 'target-end', target: target.name, exit: io.exitCodeOf(status), done, total: all.length })
      if (!seat.asks) question.leave()
      flush()
    },
  }
}

/** The environment of the command for one server. */
function ioFor(seat: Seat, io: Io, flush: () => void): Io {
  const { name: target, folder } = seat.target
  const err = (text: string) => io.onEvent({ type: 'message', text, target })
  return {
    ...io,
    pid: `${io.pid}-${folder.replaceAll('/', '-')}`,
    onEvent: (event) => io.onEvent({ ...event, target }),
    out: (text) => {
      seat.text += text
      flush()
    },
    err,
    note: io.quiet ? () => {} : err,
    warn: (issues) => {
      if (issues.length > 0) io.onEvent({ type: 'warning', issues, target })
    },
    collect: (report) => {
      seat.report = report
    },
  }
}

function print(seat: Seat, io: Io): void {
  const { text, target } = seat
  seat.text = ''
  if (text !== '') io.out(`${io.style.bold(`── ${target.name} ──`)}\n${text}\n`)
}

/** Asks about the plans of all servers that have changes. */
async function askAll(all: readonly Seat[], io: Io): Promise<boolean> {
  const asking = all.filter(({ asks }) => asks)
  const changes = asking.reduce((sum, { report }) => sum + changesOf(report), 0)
  io.onEvent({ type: 'phase', phase: 'waiting' })
  const names = asking.map(({ target }) => target.name).join(', ')
  const answer = await io.ask?.(`Apply ${plural(changes, 'change')} to ${plural(asking.length, 'server')} (${names})?`)
  return answer === true
}

function changesOf(report: SingleReport | undefined): number {
  return report !== undefined && 'changes' in report ? report.changes.length : 0
}
