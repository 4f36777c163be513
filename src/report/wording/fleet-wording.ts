import { plural } from '../../plain-text.ts'
import type { FleetReport, SingleReport, TargetReport } from '../model/fleet-report.ts'
import type { Counts } from '../model/report.ts'

/** What became of a command for one server, as one line. */
export function resultText({ issues, report }: TargetReport): string {
  if (report) return reportText(report)
  const [first] = issues.filter(({ severity }) => severity === 'error')
  return first ? `${first.code}: ${first.message.split('\n', 1)[0]}` : ''
}

function reportText(report: SingleReport): string {
  switch (report.schema) {
    case 'prefect-snapshot/plan':
      return plannedText(report.counts)
    case 'prefect-snapshot/apply':
      return appliedText(report.outcomes, report.counts)
    case 'prefect-snapshot/diff': {
      const { create, update, delete: removed } = report.counts
      const isSame = create + update + removed === 0
      return isSame ? 'no drift' : `drift: ${create} created, ${update} updated, ${removed} deleted`
    }
    case 'prefect-snapshot/backup':
      return `${plural(report.resources, 'resource')}, ${report.unchanged ? 'unchanged since' : 'saved to'} ${report.file}`
    case 'prefect-snapshot/export':
      return `${plural(report.resources, 'resource')} to ${report.file}`
    default: {
      const count = (status: string) => report.checks.filter((check) => check.status === status).length
      return `${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')}`
    }
  }
}

function plannedText(counts: Counts): string {
  const { create, update, delete: removed, patchCycle, unsupported, refused, unchanged } = counts
  const parts = [
    [create, 'to create'],
    [update, 'to update'],
    [patchCycle, 'to patch (cycle)'],
    [removed, 'to delete'],
    [unsupported, 'not possible'],
    [refused, 'refused'],
  ] as const
  const shown = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  return shown.length > 0 ? shown.join(', ') : `nothing to do, ${unchanged} unchanged`
}

function appliedText(outcomes: readonly { readonly status: string }[], counts: Counts): string {
  if (outcomes.length === 0) return `not applied: ${plannedText(counts)}`.replace(/^not applied: nothing/, 'nothing')
  const words = { failed: 'failed', 'not-converged': 'not converged', skipped: 'skipped', 'not-started': 'not started' }
  const count = (status: string) => outcomes.filter((outcome) => outcome.status === status).length
  const others = Object.entries(words).filter(([status]) => count(status) > 0)
  const parts = others.map(([status, word]) => `, ${count(status)} ${word}`)
  return `${count('done')} of ${plural(outcomes.length, 'change')} done${parts.join('')}`
}

/** The result of the whole command, as a sentence: how many exit with 0, and the exit code. */
export function fleetVerdict({ command, by, targets, exit }: FleetReport): string {
  const good = targets.filter((target) => target.exit === 0).length
  const all = plural(targets.length, by)
  return good === targets.length
    ? `${command} for ${all}: all ended with exit code 0.`
    : `${command} for ${all}: ${good} ended with exit code 0. The worst exit code is ${exit}.`
}
