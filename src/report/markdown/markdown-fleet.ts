import { plural } from '../../plain-text.ts'
import type { FleetReport, TargetReport } from '../model/fleet-report.ts'
import type { View } from '../reporter.ts'
import { fleetVerdict, resultText } from '../wording/fleet-wording.ts'
import { markdown } from './markdown.ts'
import { cell, code, html, literal } from './markdown-escape.ts'

/** The limit for the table and the folded reports, as for the report of one server. */
const maxLength = 60_000

/** For a comment on a pull request: a table of the results, then the report of each server, folded, as many as fit. */
export async function markdownFleet(report: FleetReport, view: View): Promise<string> {
  const { command, by, pattern, targets } = report
  const head = [
    `<!-- prefect-snapshot: ${command} for ${pattern.replaceAll('--', '-\u200b-')} -->`,
    `## ${command} for ${plural(targets.length, by)} (${code(pattern)})`,
    '',
    `| ${by} | exit | result |`,
    '|---|--:|---|',
    ...targets.map((target) => `| ${cell(target.name)} | ${target.exit} | ${literal(resultText(target))} |`),
    '',
    fleetVerdict(report),
    '',
  ].join('\n')
  let text = head
  let left = 0
  for (const target of targets) {
    const section = await sectionOf(target, report, view)
    if (text.length + section.length > maxLength) left++
    else text += section
  }
  return left === 0 ? text : `${text}\n${plural(left, 'report')} left out, because the comment would be too long.\n`
}

/** The report of one server; for one that stopped, the issues. */
async function sectionOf(target: TargetReport, fleet: FleetReport, view: View): Promise<string> {
  const { report, issues, exit } = target
  const { version, tool } = fleet
  const isOpen = report?.schema === 'prefect-snapshot/plan' && report.exit > 2 ? ' open' : ''
  const inner =
    report === undefined
      ? await markdown({ schema: 'prefect-snapshot/error', version, tool, exit, issues }, view)
      : 'counts' in report
        ? await markdown(report, view)
        : ''
  if (inner === '') return ''
  // A comment has one marker, by which it is found again.
  return `\n<details${isOpen}><summary>${html(target.name)}</summary>\n\n${inner.replace(/^<!--.*-->\n/, '')}\n</details>\n`
}
