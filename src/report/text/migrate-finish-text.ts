import { plural, visible } from '../../plain-text.ts'
import type { MigrateFinishReport } from '../model/migrate-reports.ts'
import type { View } from '../reporter.ts'

/** Whether a migration is complete: one line if it is, and what is left if not. */
export function migrateFinishText(report: MigrateFinishReport, { style, full }: View): string {
  const { open, resources, switched, paused, unsupported } = report
  const [from, to] = [report.from, report.to].map(({ profile, url }) => visible(profile ?? url))
  const kept = unsupported.map(
    ({ ref, reason }) => `${style.yellow('!')} ${visible(ref)} stays behind: ${visible(reason)}\n`,
  )
  if (open.length === 0) {
    const numbers = `${plural(resources, 'resource')}, ${switched} active and ${paused} paused by their owners`
    return `${kept.join('')}${style.green(`Everything of ${from} is at ${to}: ${numbers}. Nothing is active at ${from}.`)}\n`
  }
  const shown = full ? open : open.slice(0, most)
  const lines = shown.map(({ ref, wave, reason }) => {
    const at = wave === undefined ? ' (in no wave)' : ` (${wave})`
    return `${style.red('✗')} ${visible(ref)}${at} ${reason}.\n`
  })
  const more = open.length > shown.length ? `  … and ${open.length - shown.length} more\n` : ''
  return `${lines.join('')}${more}${kept.join('')}${style.red(`Not finished: ${plural(open.length, 'resource')} left.`)}\n`
}

const most = 20
