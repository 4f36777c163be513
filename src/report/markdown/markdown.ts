import { plural } from '../../plain-text.ts'
import { splitRef } from '../../ref.ts'
import { shellLine } from '../../shell.ts'
import type { ApplyReport, Compared, DiffReport, PlanReport, Report, ValidateReport } from '../model/report.ts'
import type { Reporter } from '../reporter.ts'
import { sinceText } from '../wording/base-wording.ts'
import { whyText } from '../wording/outcome-wording.ts'
import { withoutRepeatedIssues } from '../wording/repeated-issues.ts'
import { sections } from './markdown-changes.ts'
import { cell, code, literal } from './markdown-escape.ts'
import { serverOnlyLines } from './markdown-server-only.ts'

/** GitHub limits a comment to 65,536 characters. The rest is for text that a workflow adds. */
const maxLength = 60_000

/** Limit on the lines of a list. */
const maxLines = 30

/** For a comment on a pull request: a table, then destructive changes, then the other changes by kind. */
export const markdown: Reporter = (report) => {
  switch (report.schema) {
    case 'prefect-snapshot/plan':
    case 'prefect-snapshot/apply':
      return planned(report)
    case 'prefect-snapshot/diff':
      return compared(report)
    case 'prefect-snapshot/validate':
      return validated(report)
    case 'prefect-snapshot/graph':
      return `## Graph of ${code(report.source.file)}\n\n${plural(report.resources.length, 'resource')}, ${plural(report.edges.length, 'edge')}.\n`
    case 'prefect-snapshot/error':
      return `## prefect-snapshot failed (exit ${report.exit})\n\n${issueList(report)}`
  }
}

function planned(report: PlanReport | ApplyReport): string {
  const { target, source, counts, next } = report
  const done = report.schema === 'prefect-snapshot/apply'
  const where = target.profile === undefined ? code(target.url) : `${code(target.profile)} (${code(target.url)})`
  const from = source.api === undefined ? '' : `, exported from ${code(source.api)}`
  const changes = counts.create + counts.update + counts.patchCycle + counts.delete
  const head = [
    `<!-- prefect-snapshot: plan for ${target.url.replaceAll('--', '-\u200b-')} -->`,
    `## ${done ? 'Applied to' : 'Plan for'} ${where}`,
    '',
    `${verdict(report, changes)} From ${code(source.file)}${from}.`,
    '',
    ...(report.base ? [`Since ${code(report.base.file)}: ${sinceText(report.base)}.`, ''] : []),
    ...(changes > 0 ? [countsTable(report), ''] : []),
    ...(done ? outcomeLines(report) : []),
    ...serverOnlyLines(report),
    ...(report.external ? [`External (read, not written): ${report.external.map(code).join(', ')}.`, ''] : []),
    issueList(report),
    unsupportedList(report) + notComparedList(report),
  ].join('\n')
  const tail = next && report.exit <= 2 ? `\nTo apply: ${code(`prefect-snapshot ${shellLine(next)}`)}\n` : ''
  return head + sections(report.changes, maxLength - head.length - tail.length) + tail
}

function compared(report: DiffReport): string {
  const { from, to, counts, changes, unmanaged } = report
  const outcome =
    changes.length === 0
      ? `**No difference**: ${plural(counts.unchanged, 'resource')} the same.`
      : `**${counts.delete > 0 ? `:warning: ${counts.delete} deleted, ` : ''}${counts.create} created, ${counts.update} updated, ${counts.unchanged} unchanged.**`
  const only =
    unmanaged.length > 0 ? [`Not compared, since the other side leaves them out: ${unmanaged.length}.`, ''] : []
  const head = [
    `## Difference from ${code(from.file)} to ${code(to.file)}`,
    '',
    outcome,
    '',
    ...(changes.length > 0 ? [countsTable(report), ''] : []),
    ...only,
    issueList(report),
  ].join('\n')
  return head + sections(changes, maxLength - head.length, 'deleted')
}

function verdict({ counts }: PlanReport | ApplyReport, changes: number): string {
  const unknown = counts.notCompared > 0 ? `, ${counts.notCompared} with secrets that were not compared` : ''
  if (changes + counts.unsupported === 0)
    return `**Nothing to do**: ${plural(counts.unchanged, 'resource')} as in the snapshot${unknown}.`
  const parts = [
    ...(counts.delete > 0 ? [`:warning: ${counts.delete} to delete`] : []),
    ...(counts.refused > 0 ? [`:no_entry: ${counts.refused} refused`] : []),
    ...(counts.unsupported > 0 ? [`:no_entry: ${counts.unsupported} not possible`] : []),
    `${counts.create} to create`,
    `${counts.update} to update`,
    `${counts.unchanged} unchanged`,
  ]
  return `**${parts.join(', ')}${unknown}.**`
}

/** The counts of each kind that changes. */
function countsTable({ changes, unchanged }: Compared): string {
  const rows = new Map<string, Record<string, number>>()
  const add = (kind: string, column: string) => {
    const row = rows.get(kind) ?? {}
    rows.set(kind, { ...row, [column]: (row[column] ?? 0) + 1 })
  }
  for (const { ref, action } of changes) if (action !== 'patch-cycle') add(splitRef(ref).kind, action)
  for (const ref of unchanged) if (rows.has(splitRef(ref).kind)) add(splitRef(ref).kind, 'same')
  const lines = [...rows].map(([kind, row]) => {
    const cells = [row.delete, row.create, row.update, row.same].map((count) => count ?? '')
    return `| ${kind} | ${cells.join(' | ')} |`
  })
  return ['| kind | delete | create | update | unchanged |', '|---|--:|--:|--:|--:|', ...lines].join('\n')
}

function outcomeLines({ outcomes }: ApplyReport): string[] {
  const unfinished = outcomes.filter(({ status }) => status !== 'done')
  const lines = unfinished
    .slice(0, maxLines)
    .map((outcome) => `- **${outcome.status}** ${code(outcome.id)}${literal(whyText(outcome))}`)
  const more = unfinished.length > maxLines ? [`- and ${unfinished.length - maxLines} more`] : []
  return [
    `${outcomes.length - unfinished.length} of ${plural(outcomes.length, 'change')} done.`,
    '',
    ...lines,
    ...more,
    '',
  ]
}

function issueList({ issues }: Pick<Report, 'issues'>): string {
  const shown = withoutRepeatedIssues(issues)
  const lines = shown.slice(0, maxLines).map(({ severity, code: name, message, fix, place }) => {
    const at = place ? `${code(`${place.file}:${place.line}`)} ` : ''
    const todo = fix === undefined ? '' : ` → ${literal(fix)}`
    return `- ${severity === 'error' ? ':x:' : ':warning:'} ${at}${literal(message)} (${code(name)})${todo}`
  })
  if (shown.length > maxLines) lines.push(`- and ${shown.length - maxLines} more`)
  return lines.length > 0 ? `${lines.join('\n')}\n` : ''
}

function unsupportedList({ unsupported }: PlanReport | ApplyReport): string {
  const lines = unsupported.slice(0, maxLines).map(({ ref, path, reason }) => {
    return `- :no_entry: ${code(path === undefined ? ref : `${ref} ${path}`)} is not possible: ${literal(reason)}`
  })
  if (unsupported.length > maxLines) lines.push(`- and ${unsupported.length - maxLines} more`)
  return lines.length > 0 ? `${lines.join('\n')}\n` : ''
}

function notComparedList({ notCompared }: PlanReport | ApplyReport): string {
  const lines = notCompared.slice(0, maxLines).map(({ ref, secrets }) => {
    const paths = secrets.map(({ path }) => code(path)).join(', ')
    return `- :grey_question: ${code(ref)}: ${secrets.length === 1 ? 'a secret was' : 'secrets were'} not compared: ${paths}`
  })
  if (notCompared.length > maxLines)
    lines.push(`- and ${notCompared.length - maxLines} more with secrets that were not compared`)
  return lines.length > 0 ? `${lines.join('\n')}\n` : ''
}

function validated(report: ValidateReport): string {
  const rows = report.files.map(({ file, resources, errors, warnings }) => {
    return `| ${cell(file)} | ${errors > 0 ? ':x:' : ':white_check_mark:'} | ${resources} | ${errors} | ${warnings} |`
  })
  return [
    '## Snapshots',
    '',
    '| file | | resources | faults | warnings |',
    '|---|---|--:|--:|--:|',
    ...rows,
    '',
    issueList(report),
  ].join('\n')
}
