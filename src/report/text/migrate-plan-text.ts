import { kindsText, plural, visible } from '../../plain-text.ts'
import { splitRef } from '../../ref.ts'
import type { MigratePlanReport, PlannedWaveReport } from '../model/migrate-reports.ts'
import type { View } from '../reporter.ts'
import { checksText } from './checks-text.ts'

/** The scope of a migration. */
export function migratePlanText(report: MigratePlanReport, view: View): string {
  const { from, to, waves, none, links, shared, unsupported, checks } = report
  const { style } = view
  const list = (lines: readonly string[]) => listed(lines, view)
  return [
    `${visible(from.profile ?? from.url)} (Prefect ${from.version}) → ${visible(to.profile ?? to.url)} (Prefect ${to.version})\n\n`,
    ...waves.map((wave) => waveText(wave, view)),
    ...section('Links between waves', list(links.map(linkText))),
    ...section('Needed by several waves', list(shared.map(({ ref, waves }) => `${ref}: ${waves.join(', ')}`))),
    ...section(
      `Not possible at ${to.profile ?? to.url}`,
      list(unsupported.map(({ ref, reason }) => `${ref}: ${reason}`)),
    ),
    ...(checks.length > 0 ? [`Before the cutover\n${checksText(checks, style)}\n`] : []),
    none.length > 0
      ? `${style.red(`In no wave: ${plural(none.length, 'resource')}`)}\n${list(none)}`
      : style.green('Everything that runs by itself is in a wave.\n'),
  ].join('')
}

/** A link between waves in words. */
export function linkText({ from, fromWave, to, toWave }: MigratePlanReport['links'][number]): string {
  return `${from} (${fromWave}) refers to ${to} (${toWave})`
}

/** What a wave has, by kind: `2 deployments with 3 active schedules, 1 automation`. */
export function membersText({ members, schedules }: Pick<PlannedWaveReport, 'members' | 'schedules'>): string {
  if (members.length === 0) return 'no members'
  return `${kindsText(members.map(splitRef))}, ${plural(schedules, 'active schedule')}`
}

function waveText(wave: PlannedWaveReport, { style, full }: View): string {
  const { name, after, cutOver, needs, missing } = wave
  const waits = after.length > 0 ? ` (after ${after.map(visible).join(', ')})` : ''
  const done = cutOver.length > 0 ? `, ${cutOver.length} cut over` : ''
  const absent = missing.length > 0 ? `  missing at the new side: ${kindsText(missing.map(splitRef))}\n` : ''
  const needed = needs.length > 0 ? `  needs ${kindsText(needs.map(splitRef))}\n` : ''
  const lines = listed(needs, { style, width: 0, full: full === true })
  return `${style.bold(visible(name))}${waits}: ${membersText(wave)}${done}\n${needed}${lines.replace(/^/gm, '  ').trimEnd()}${lines ? '\n' : ''}${absent}\n`
}

const most = 10

function listed(lines: readonly string[], { full }: View): string {
  const shown = full ? lines : lines.slice(0, most)
  const more = lines.length - shown.length
  return `${shown.map((line) => `  ${visible(line)}\n`).join('')}${more > 0 ? `  … and ${more} more (--full)\n` : ''}`
}

function section(title: string, text: string): string[] {
  return text === '' ? [] : [`${title}\n${text}\n`]
}
