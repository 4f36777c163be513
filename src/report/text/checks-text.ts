import type { Check } from '../../check.ts'
import type { Style } from './style.ts'

const signs = { ok: '✓', note: '·', warning: '!', error: '✗' } as const

/** A list of checks for people, a line each, and what to do under those that want it. */
export function checksText(checks: readonly Check[], style: Style): string {
  const width = Math.max(0, ...checks.map(({ title }) => title.length))
  const paint = { ok: style.green, note: style.dim, warning: style.yellow, error: style.red }
  return checks
    .map(
      ({ status, title, detail, fix }) =>
        `${paint[status](signs[status])} ${title.padEnd(width)}  ${detail}\n${fix ? `    → ${fix}\n` : ''}`,
    )
    .join('')
}

/** The verdict under a list of checks. */
export function verdictText(checks: readonly Check[], style: Style): string {
  const errors = checks.filter(({ status }) => status === 'error').length
  const warnings = checks.filter(({ status }) => status === 'warning').length
  if (errors > 0) return style.red(`Not ready: ${errors} to mend${warnings > 0 ? `, ${warnings} to look at` : ''}.\n`)
  return warnings > 0 ? style.yellow(`Ready, with ${warnings} to look at.\n`) : style.green('Ready.\n')
}
