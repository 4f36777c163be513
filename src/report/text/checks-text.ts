import type { Check } from '../../check.ts'
import { plural, visible } from '../../plain-text.ts'
import type { ChecksReport } from '../model/command-reports.ts'
import type { View } from '../reporter.ts'
import type { Style } from './style.ts'

const signs = { ok: '✓', note: '·', warning: '!', error: '✗' } as const

/** Formats checks and their overall result, which the checks of a bundle do not have: it is refused if one fails. */
export function checksReportText({ schema, checks }: ChecksReport, { style }: View): string {
  return checksText(checks, style) + (schema === 'prefect-snapshot/bundle-verify' ? '' : verdictText(checks, style))
}

/** Formats checks, one per line, each with its fix below it. */
export function checksText(checks: readonly Check[], style: Style): string {
  const width = Math.max(0, ...checks.map(({ title }) => title.length))
  const paint = { ok: style.green, note: style.dim, warning: style.yellow, error: style.red }
  return checks
    .map(
      ({ status, title, detail, fix }) =>
        `${paint[status](signs[status])} ${visible(title).padEnd(width)}  ${visible(detail)}\n${fix ? `    → ${visible(fix)}\n` : ''}`,
    )
    .join('')
}

/** Formats the overall result of checks. */
export function verdictText(checks: readonly Check[], style: Style): string {
  const errors = checks.filter(({ status }) => status === 'error').length
  const warnings = checks.filter(({ status }) => status === 'warning').length
  if (errors > 0)
    return style.red(
      `Not ready: ${plural(errors, 'error')}${warnings > 0 ? `, ${plural(warnings, 'warning')}` : ''}.\n`,
    )
  return warnings > 0 ? style.yellow(`Ready, with ${plural(warnings, 'warning')}.\n`) : style.green('Ready.\n')
}
