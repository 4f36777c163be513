import type { Issue } from '../issue.ts'
import type { OpenRun } from '../kind.ts'
import { namesOf, plural } from '../plain-text.ts'
import type { SwitchMember, WaveMove } from './switch-members.ts'
import type { MemberOutcome } from './switch-rounds.ts'
import type { Settled } from './switch-settle.ts'

interface Ended {
  readonly move: WaveMove
  readonly outcomes: readonly MemberOutcome[]
  readonly settled: ReadonlyMap<SwitchMember, Settled>
  readonly left: ReadonlyMap<SwitchMember, readonly OpenRun[]>
}

/** What a move of a wave leaves to do, in sentences. */
export function warningsOf({ move, outcomes, settled, left }: Ended): readonly Issue[] {
  const kept = outcomes.flatMap(({ end, member, reason }) => {
    if (end !== 'kept' && end !== 'neither') return []
    const where = end === 'kept' ? 'is where it was' : 'is on neither side'
    const message = `${member.ref} ${where}${reason ? `: ${reason.replace(/\.$/, '')}` : ''}.`
    const fix =
      end === 'kept' ? undefined : 'Run the command again, as soon as both servers respond: it finishes this one first.'
    return [warning('not-switched', message, fix)]
  })
  const missed = [...settled].filter(([, one]) => one.missed.some((time) => !one.ran.includes(time)))
  const runs = [...left].filter(([, open]) => open.length > 0)
  const side = move === 'cutover' ? 'old' : 'new'
  return [
    ...kept,
    ...(missed.length === 0
      ? []
      : [
          warning(
            'missed-slot',
            `${plural(missed.length, 'resource')} ran on neither side at a time of a schedule: ${refsOf(missed)}.`,
            `Run migrate ${move} again with --run-missed to make these runs.`,
          ),
        ]),
    ...(runs.length === 0
      ? []
      : [
          warning(
            'runs-left',
            `The ${side} side still has runs of ${plural(runs.length, 'resource')}: ${refsOf(runs)}.`,
            'Keep a worker there until they have ended. Make those that are for later again at the other side.',
          ),
        ]),
  ]
}

function refsOf(entries: readonly (readonly [SwitchMember, unknown])[]): string {
  return namesOf(entries.map(([{ ref }]) => ref))
}

function warning(code: Issue['code'], message: string, fix?: string): Issue {
  return { code, severity: 'warning', message, ...(fix === undefined ? {} : { fix }) }
}
