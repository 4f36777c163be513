import { pathText } from '../../field-path.ts'
import type { Outcome } from '../../model.ts'
import { plural, visible } from '../../plain-text.ts'
import { splitRef } from '../../ref.ts'
import type { ApplyReport } from '../model/report.ts'
import { signs } from '../wording/change-wording.ts'
import { whyText } from '../wording/outcome-wording.ts'
import { valueText } from '../wording/value-wording.ts'
import type { Style } from './style.ts'

/** Formats the outcome of one change on one line; empty for a change that was not started, since those are only counted. */
export function outcomeText(outcome: Outcome, done: number, total: number, style: Style): string {
  const { change, ms } = outcome
  const { kind, key } = splitRef(change.ref)
  const head = `[${String(done).padStart(String(total).length)}/${total}] ${signs[change.action]} ${kind} ${visible(key)}`
  switch (outcome.status) {
    case 'done':
      if (outcome.already) return `${head} … ${style.green('ok')}: somebody else has made this change\n`
      return `${head} … ${style.green('ok')} ${style.dim(`${Math.round(ms)} ms`)}\n`
    case 'failed':
      return `${head} … ${style.red('FAILED')} ${visible(outcome.issue.message)}\n${outcome.issue.fix ? `    → ${outcome.issue.fix}\n` : ''}`
    case 'skipped':
      if ('because' in outcome) return `${head} … ${style.yellow('skipped')}: it needs ${visible(outcome.because)}\n`
      return `${head} … ${style.yellow('SKIPPED')} ${visible(outcome.issue.message)}\n${outcome.issue.fix ? `    → ${outcome.issue.fix}\n` : ''}`
    case 'not-started':
      return ''
    case 'not-converged':
      return `${head} … ${style.red('NOT CONVERGED')}\n${outcome.fields.map(({ pointer, before, after }) => `    ${pathText(pointer)}: sent ${valueText(after, 60)}, the server has ${valueText(before, 60)}\n`).join('')}`
  }
}

/** The last line of an apply. */
export function totalsText(outcomes: readonly { readonly status: Outcome['status'] }[], style: Style): string {
  const count = (status: Outcome['status']) => outcomes.filter((outcome) => outcome.status === status).length
  const parts = [`${count('done')} done`]
  if (count('failed') > 0) parts.push(style.red(`${count('failed')} failed`))
  if (count('not-converged') > 0) parts.push(style.red(`${count('not-converged')} not converged`))
  if (count('skipped') > 0) parts.push(style.yellow(`${count('skipped')} skipped`))
  if (count('not-started') > 0) parts.push(style.yellow(`${count('not-started')} not started`))
  const started = outcomes.length - count('not-started')
  const number = count('not-started') > 0 ? `${started} of ` : ''
  return `Applied ${number}${plural(outcomes.length, 'change')}: ${parts.join(', ')}.\n`
}

/** How to continue after an apply was stopped; empty if every change was started. */
export function continueText(outcomes: readonly { readonly status: Outcome['status'] }[]): string {
  const left = outcomes.filter(({ status }) => status === 'not-started').length
  if (left === 0) return ''
  return `${plural(left, 'change was', 'changes were')} not started. To continue, run the command again: it writes only what differs. A saved plan has to be created again first.\n`
}

/** The changes of an apply that were started, or had to be skipped, and are not `done`, one per line. */
export function unfinishedText({ outcomes }: ApplyReport, style: Style): string {
  return outcomes
    .filter(({ status }) => status !== 'done' && status !== 'not-started')
    .map((outcome) => `${style.red(outcome.status)} ${visible(outcome.id)}${whyText(outcome)}\n`)
    .join('')
}
