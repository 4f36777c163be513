import { pathText } from '../../field-path.ts'
import type { Outcome } from '../../model.ts'
import { plural, visible } from '../../plain-text.ts'
import { splitRef } from '../../ref.ts'
import type { ApplyReport } from '../model/report.ts'
import { signs } from '../wording/change-wording.ts'
import { whyText } from '../wording/outcome-wording.ts'
import { valueText } from '../wording/value-wording.ts'
import type { Style } from './style.ts'

/** Formats the outcome of one change on one line. */
export function outcomeText(outcome: Outcome, done: number, total: number, style: Style): string {
  const { change, ms } = outcome
  const { kind, key } = splitRef(change.ref)
  const head = `[${String(done).padStart(String(total).length)}/${total}] ${signs[change.action]} ${kind} ${visible(key)}`
  switch (outcome.status) {
    case 'done':
      return `${head} … ${style.green('ok')} ${style.dim(`${Math.round(ms)} ms`)}\n`
    case 'failed':
      return `${head} … ${style.red('FAILED')} ${visible(outcome.issue.message)}\n${outcome.issue.fix ? `    → ${outcome.issue.fix}\n` : ''}`
    case 'skipped':
      return `${head} … ${style.yellow('skipped')}: it needs ${visible(outcome.because)}\n`
    case 'not-started':
      return `${head} … ${style.yellow('not started')}\n`
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
  return `Applied ${plural(outcomes.length, 'change')}: ${parts.join(', ')}.\n`
}

/** The changes of an apply that are not `done`, one per line. */
export function unfinishedText({ outcomes }: ApplyReport, style: Style): string {
  return outcomes
    .filter(({ status }) => status !== 'done')
    .map((outcome) => `${style.red(outcome.status)} ${visible(outcome.id)}${whyText(outcome)}\n`)
    .join('')
}
