import type { OpenRun } from '../kind.ts'
import type { WaveSwitch, WaveSwitchResult } from '../operations/migrate-switch.ts'
import type { SwitchMember } from '../operations/switch-members.ts'
import type { MemberOutcome } from '../operations/switch-rounds.ts'
import type { GapReport, LeftRun, SwitchedMember, SwitchReport } from '../report/model/switch-report.ts'
import type { ExitStatus, Io } from './io.ts'
import { plannedReport } from './plan-report.ts'
import { commonOf } from './print.ts'

/** What a move of a wave has done, as a report; without outcomes, what it is about to do. */
export function switchReport(result: WaveSwitch & Partial<WaveSwitchResult>, status: ExitStatus, io: Io): SwitchReport {
  const { move, wave, members, leftOut, giving, taking, issues, outcomes = [], journals = [] } = result
  const byMember = new Map(outcomes.map((outcome) => [outcome.member, outcome]))
  const rows = members.map((member) => memberReport(member, byMember.get(member), result, io.now()))
  const out = leftOut.map((ref): SwitchedMember => ({ ref, state: 'left-out', missed: [], ran: [], runs: [] }))
  return {
    schema: `prefect-snapshot/migrate-${move}`,
    ...commonOf(issues, status, io),
    wave,
    giving: plannedReport(giving, {}, io.kinds),
    taking: plannedReport(taking, {}, io.kinds),
    members: [...rows, ...out],
    gaps: gapsOf(outcomes),
    journals,
  }
}

function memberReport(
  member: SwitchMember,
  outcome: MemberOutcome | undefined,
  { settled, left, runs }: WaveSwitch & Partial<WaveSwitchResult>,
  now: number,
): SwitchedMember {
  const { missed = [], ran = [] } = settled?.get(member) ?? {}
  const texts = (times: readonly number[]) => times.map((at) => new Date(at).toISOString())
  const reason = outcome?.reason
  return {
    ref: member.ref,
    state: stateOf(member, outcome),
    ...(reason === undefined ? {} : { reason }),
    ...(outcome?.offAt !== undefined && outcome.onAt !== undefined ? { gapMs: outcome.onAt - outcome.offAt } : {}),
    missed: texts(missed),
    ran: texts(ran),
    runs: ((left && outcome ? left : runs).get(member) ?? left?.get(member) ?? []).flatMap((run) => leftRun(run, now)),
  }
}

function stateOf({ action }: SwitchMember, outcome: MemberOutcome | undefined): SwitchedMember['state'] {
  if (outcome?.end === 'taken') return 'switched'
  if (outcome?.end === 'kept') return 'not-switched'
  if (outcome?.end === 'neither') return 'neither'
  if (action === 'switch' || action === 'take' || action === 'give') return 'to-switch'
  if (action === 'note' || action === 'done') return 'done'
  return action === 'paused' ? 'paused' : 'in-the-way'
}

/** Runs that the schedule makes for later are deleted with the pause, so they are none that is left. */
function leftRun({ name, state, at, auto }: OpenRun, now: number): LeftRun[] {
  const time = new Date(at).toISOString()
  if (state !== 'waiting') return [{ name, state, at: time }]
  if (at <= now) return [{ name, state: 'late', at: time }]
  return auto ? [] : [{ name, state: 'later', at: time }]
}

function gapsOf(outcomes: readonly MemberOutcome[]): GapReport {
  const gaps = outcomes
    .flatMap(({ member, end, offAt, onAt }) =>
      end === 'taken' && offAt !== undefined && onAt !== undefined ? [{ ref: member.ref, ms: onAt - offAt }] : [],
    )
    .sort((a, b) => b.ms - a.ms)
  const [longest] = gaps
  if (!longest) return { switched: 0 }
  const medianMs = gaps[Math.floor(gaps.length / 2)]?.ms ?? longest.ms
  return { switched: gaps.length, longestMs: longest.ms, longest: longest.ref, medianMs }
}
