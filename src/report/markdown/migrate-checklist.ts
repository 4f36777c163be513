import { plural } from '../../plain-text.ts'
import { shellLine } from '../../shell.ts'
import type { MigratePlanReport, PlannedWaveReport } from '../model/migrate-reports.ts'
import { linkText, membersText } from '../text/migrate-plan-text.ts'
import { code, literal } from './markdown-escape.ts'

/** The scope of a migration as a checklist in Markdown, with the commands of each step. */
export function migrateChecklist(report: MigratePlanReport): string {
  const { from, to, waves, none, links, shared, unsupported, checks } = report
  const command = (name: string, ...more: readonly string[]) =>
    code(shellLine(['prefect-snapshot', 'migrate', name, ...more, ...report.options]))
  const before = [
    ...none.map((ref) => `Add ${code(ref)} to a wave, or leave it at the old server on purpose`),
    ...unsupported.map(({ ref, reason }) => `${code(ref)} stays behind: ${literal(reason)}`),
    ...checks.map(({ detail, fix }) => literal(fix === undefined ? detail : `${detail}. ${fix}`)),
    `Carry everything over: ${command('sync')}`,
  ]
  return [
    `# ${literal(from.profile ?? from.url)} (Prefect ${from.version}) → ${literal(to.profile ?? to.url)} (Prefect ${to.version})`,
    `## Before\n\n${tasks(before)}`,
    ...waves.map((wave) => waveSection(wave, report, command)),
    ...bullets(
      'Needed by several waves',
      shared.map(({ ref, waves }) => `${code(ref)}: ${waves.map(literal).join(', ')}`),
    ),
    ...bullets(
      'Links between waves',
      links.map((link) => literal(linkText(link))),
    ),
    `## After\n\n${tasks([`Nothing is left at the old server: ${command('finish')}`])}`,
    '',
  ].join('\n\n')
}

function waveSection(
  wave: PlannedWaveReport,
  { links }: MigratePlanReport,
  command: (name: string, ...more: readonly string[]) => string,
): string {
  const { name, after, members, cutOver } = wave
  const own = links.filter(({ fromWave, toWave }) => fromWave === name || toWave === name)
  const steps = [
    ...after.map((other) => `The wave ${literal(other)} is cut over: ${command('status')}`),
    ...(own.length > 0 ? [`Decide on ${plural(own.length, 'link')} to other waves, listed below`] : []),
    `Carry over what has changed since: ${command('sync', name)}`,
    'Workers of its work pools are online at the new server',
    `Run it on both servers for a comparison, if you like: ${command('dual-run', name)}, then ${command('compare', name)}`,
    `Switch it over: ${command('cutover', name)}`,
    `Compare runs and results: ${command('compare', name)}`,
    `If something is wrong, go back: ${command('rollback', name)}`,
  ]
  const done = cutOver.length > 0 ? `, ${cutOver.length} of ${members.length} cut over` : ''
  return `## Wave ${literal(name)}: ${literal(membersText(wave))}${done}\n\n${tasks(steps)}`
}

function tasks(lines: readonly string[]): string {
  return lines.map((line) => `- [ ] ${line}`).join('\n')
}

function bullets(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}\n\n${lines.map((line) => `- ${line}`).join('\n')}`]
}
