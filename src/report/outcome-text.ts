import type { Outcome } from '../model.ts'
import { splitRef } from '../ref.ts'
import { plural, type Style } from './style.ts'
import { pathText, valueText } from './value.ts'

const words = { create: '+', update: '~', complete: '~', delete: '-' } as const

/** One line for what became of one change. */
export function outcomeText(outcome: Outcome, done: number, total: number, style: Style): string {
  const { change, ms } = outcome
  const { kind, key } = splitRef(change.ref)
  const head = `[${String(done).padStart(String(total).length)}/${total}] ${words[change.action]} ${kind} ${key}`
  switch (outcome.status) {
    case 'done':
      return `${head} … ${style.green('ok')} ${style.dim(`${Math.round(ms)} ms`)}\n`
    case 'failed':
      return `${head} … ${style.red('FAILED')} ${outcome.issue.message}\n${outcome.issue.fix ? `    → ${outcome.issue.fix}\n` : ''}`
    case 'skipped':
      return `${head} … ${style.yellow('skipped')}: it needs ${outcome.because}\n`
    case 'not-converged':
      return `${head} … ${style.red('NOT CONVERGED')}\n${outcome.fields.map(({ pointer, before, after }) => `    ${pathText(pointer)}: sent ${valueText(after, 60)}, the server has ${valueText(before, 60)}\n`).join('')}`
  }
}

/** The last line of an apply. */
export function outcomesText(outcomes: readonly Outcome[], style: Style): string {
  const count = (status: Outcome['status']) => outcomes.filter((outcome) => outcome.status === status).length
  const parts = [`${count('done')} done`]
  if (count('failed') > 0) parts.push(style.red(`${count('failed')} failed`))
  if (count('not-converged') > 0) parts.push(style.red(`${count('not-converged')} not converged`))
  if (count('skipped') > 0) parts.push(style.yellow(`${count('skipped')} skipped`))
  return `Applied ${plural(outcomes.length, 'change')}: ${parts.join(', ')}.\n`
}
