import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { Moment } from '../migration/quiet-moment.ts'
import type { PreparedPlan } from './make-plan.ts'
import type { SwitchMember } from './switch-members.ts'
import type { MemberOutcome } from './switch-rounds.ts'

interface Switching {
  readonly giving: PreparedPlan
  readonly taking: PreparedPlan
  readonly members: readonly SwitchMember[]
}

/** Emits what became of each member as the outcome of its change at the side that takes it, with the number of those that are done. */
export function progressOf(
  { taking, giving, members }: Switching,
  { onEvent }: Context,
): (outcome: MemberOutcome) => void {
  const changes = new Map([...giving.plan.changes, ...taking.plan.changes].map((change) => [change.ref, change]))
  const total = members.filter(({ action }) => ['switch', 'take', 'give'].includes(action)).length
  let done = 0
  return ({ member, end, offAt = 0, onAt = 0, reason }) => {
    const change = changes.get(member.taking) ?? changes.get(member.giving)
    if (!change || end === 'not-started') return
    done++
    const status = end === 'taken' ? ({ status: 'done' } as const) : undefined
    const issue: Issue = {
      code: 'not-switched',
      severity: 'error',
      message: `${member.ref}: ${reason ?? 'not switched'}.`,
    }
    const outcome = { change, ms: onAt - offAt, ...(status ?? { status: 'skipped' as const, issue }) }
    onEvent({ type: 'outcome', outcome, done, total })
  }
}

/** Emits why a member waits, when the reason is another one than before. */
export function waitsOf({ onEvent, now }: Context): (member: SwitchMember, moment: Moment) => void {
  const told = new Map<SwitchMember, string>()
  return (member, { because, count, at, limitMs = 0 }) => {
    const text = `${because} ${count} ${at}`
    if (because === undefined || told.get(member) === text) return
    told.set(member, text)
    const more = {
      ...(count === undefined ? {} : { runs: count }),
      ...(at === undefined ? {} : { waitMs: at - now() }),
    }
    onEvent({ type: 'switch-wait', ref: member.taking, reason: because, ...more, limitMs })
  }
}
