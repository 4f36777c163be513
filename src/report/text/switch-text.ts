import { plural } from '../../plain-text.ts'
import type { LeftRun, SwitchedMember, SwitchReport } from '../model/switch-report.ts'
import type { View } from '../reporter.ts'

/** What a move of a wave has done, or is about to do, for a terminal. */
export function switchText(report: SwitchReport, { style }: Pick<View, 'style'>): string {
  const { members, wave, gaps, journals } = report
  const move = report.schema === 'prefect-snapshot/migrate-cutover' ? 'cutover' : 'rollback'
  const lines = [
    `${style.bold(`${move} of ${wave}`)}: ${countsOf(members)}`,
    ...members.flatMap((member) => memberLines(member)),
    ...(gaps.longestMs === undefined
      ? []
      : [
          `longest gap ${seconds(gaps.longestMs)} (${gaps.longest}), median ${seconds(gaps.medianMs ?? 0)}: the time on neither side`,
        ]),
    ...journals.map(({ side, file }) => `journal of the side that ${side === 'giving' ? 'gives' : 'takes'}: ${file}`),
  ]
  return `${lines.join('\n')}\n`
}

const words: Readonly<Record<SwitchedMember['state'], string>> = {
  'to-switch': 'to switch',
  switched: 'switched',
  done: 'there already',
  paused: 'paused by its owner, left so',
  'not-switched': 'not switched',
  neither: 'on neither side',
  'left-out': 'left out by an overlay',
  'in-the-way': 'in the way',
}

function countsOf(members: readonly SwitchedMember[]): string {
  const counts = Object.entries(words).flatMap(([state, word]) => {
    const count = members.filter((member) => member.state === state).length
    return count === 0 ? [] : [`${count} ${word}`]
  })
  return counts.length === 0 ? 'no members' : counts.join(', ')
}

function memberLines({ ref, state, reason, missed, ran, runs }: SwitchedMember): string[] {
  const isNamed = state === 'not-switched' || state === 'neither' || state === 'left-out'
  const left = missed.filter((time) => !ran.includes(time))
  return [
    ...(isNamed ? [`  ${ref}: ${words[state]}${reason ? `, because ${reason}` : ''}`] : []),
    ...(left.length > 0 ? [`  ${ref}: on neither side at ${left.join(', ')}`] : []),
    ...(ran.length > 0 ? [`  ${ref}: ${plural(ran.length, 'run')} made for ${ran.join(', ')}`] : []),
    ...(runs.length > 0 ? [`  ${ref}: ${runsText(runs)}`] : []),
  ]
}

const runWords: Readonly<Record<LeftRun['state'], string>> = {
  'in-flight': 'in flight',
  late: 'late',
  later: 'for later',
  suspended: 'suspended',
}

function runsText(runs: readonly LeftRun[]): string {
  const parts = Object.entries(runWords).flatMap(([state, word]) => {
    const own = runs.filter((run) => run.state === state)
    return own.length === 0 ? [] : [`${own.length} ${word} (${own.map(({ name }) => name).join(', ')})`]
  })
  return `runs at the side that gives it away: ${parts.join(', ')}`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
