import { listAt } from '../../list-at.ts'
import { plural, shorten, visible } from '../../plain-text.ts'
import { splitRef } from '../../ref.ts'
import { shellLine } from '../../shell.ts'
import type { ChangeReport, FieldReport } from '../model/change-report.ts'
import type { ApplyReport, Compared, DiffReport, PlanReport, Report, ValidateReport } from '../model/report.ts'
import type { Reporter } from '../reporter.ts'
import { byText, fieldByText, sinceText } from '../wording/base-wording.ts'
import { contentText, secretText, signs } from '../wording/change-wording.ts'
import { lineChanges } from '../wording/line-diff.ts'
import { whyText } from '../wording/outcome-wording.ts'
import { isLong, pairText } from '../wording/value-wording.ts'

/** GitHub limits a comment to 65,536 characters. The rest is for text that a workflow adds. */
const maxLength = 60_000
/** Limits on the lines of a list, and on the characters of a line. */
const maxLines = 30
const maxLineLength = 300

/** For a comment on a pull request: a table, then destructive changes, then the other changes, folded by kind. */
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

function countsTable({ changes, unchanged }: Compared): string {
  const rows = new Map<string, Record<string, number>>()
  const add = (kind: string, column: string) => {
    const row = rows.get(kind) ?? {}
    rows.set(kind, { ...row, [column]: (row[column] ?? 0) + 1 })
  }
  for (const { ref, action } of changes) if (action !== 'patch-cycle') add(splitRef(ref).kind, action)
  for (const ref of unchanged) add(splitRef(ref).kind, 'same')
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
  const lines = issues.slice(0, maxLines).map(({ severity, code: name, message, fix, place }) => {
    const at = place ? `${code(`${place.file}:${place.line}`)} ` : ''
    const todo = fix === undefined ? '' : ` → ${literal(fix)}`
    return `- ${severity === 'error' ? ':x:' : ':warning:'} ${at}${literal(message)} (${code(name)})${todo}`
  })
  if (issues.length > maxLines) lines.push(`- and ${issues.length - maxLines} more`)
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

/**
 * One folded section per kind, deletes first, as many as `room` characters allow; then the number of omitted changes.
 */
function sections(changes: readonly ChangeReport[], room: number, deleted = 'to delete'): string {
  const groups = new Map<string, ChangeReport[]>()
  const destructive = changes.filter(({ action }) => action === 'delete')
  for (const change of [...destructive, ...changes.filter(({ action }) => action !== 'delete')]) {
    const name = `${splitRef(change.ref).kind}${change.action === 'delete' ? ` ${deleted}` : ''}`
    listAt(groups, name).push(change)
  }
  let out = ''
  let remaining = changes.length
  for (const [name, members] of groups) {
    const open = name.endsWith(` ${deleted}`) ? ' open' : ''
    const head = `\n<details${open}><summary>${members.length} × ${name}</summary>\n\n\`\`\`\`\`\`diff\n`
    const foot = '``````\n\n</details>\n'
    let body = ''
    for (const change of members) {
      const block = changeBlock(change)
      if (out.length + head.length + body.length + block.length + foot.length + 100 > room) break
      body += block
      remaining--
    }
    if (body !== '') out += head + body + foot
    else break
  }
  return remaining > 0
    ? `${out}\n**… and ${remaining} more.** They did not fit; the HTML report shows them all.\n`
    : out
}

/**
 * Lines for a `diff` fence, which GitHub colors by their first character. Backticks are broken up so that content
 * cannot end the fence.
 */
function changeBlock(change: ChangeReport): string {
  const { action, ref, fields, same, secrets, notes } = change
  const { kind, key } = splitRef(ref)
  const head = `${action === 'update' ? '!' : signs[action].replace('~', '!')} ${kind} ${key}${byText(change.changedBy)}`
  const named = fields.map((field) => ({ ...field, path: field.path + fieldByText(change, field) }))
  const content = action === 'update' ? '' : contentText(fields, 100)
  const lines = [
    content === '' ? head : `${head}  ${content}`,
    ...(action === 'update' ? named.flatMap(fieldLines) : []),
    ...(same > 0 ? [`    … ${same} unchanged`] : []),
    ...secrets.map((secret) => `    ${secret.path}  ${secretText(secret)}`),
    ...notes.map((note) => `#   ${note}`),
  ]
  return `${lines.map(visible).join('\n').replaceAll('``````', '`\u200b`\u200b`\u200b`\u200b`\u200b`')}\n`
}

function fieldLines({ path, before, after }: FieldReport): string[] {
  if (isLong(before, after, 120))
    return [`  ${path}:`, ...lineChanges(before, after, 2).map(({ sign, text }) => `${sign}     ${text}`.trimEnd())]
  const [a, b] = pairText(before, after, 200)
  return [...(before === undefined ? [] : [`-   ${path}: ${a}`]), ...(after === undefined ? [] : [`+   ${path}: ${b}`])]
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

/** A code span; its fence is longer than any backticks in the text. */
function code(text: string): string {
  const shown = visible(shorten(text, maxLineLength))
  const run = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(run + 1)
  return run > 0 ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`
}

function cell(text: string): string {
  return code(text).replaceAll('|', '\\|')
}

/** Escapes text so that it is shown literally: no tags, links or mentions of users. */
function literal(text: string): string {
  return visible(shorten(text, maxLineLength))
    .replace(/[\\`*_[\]<>|~#]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`))
    .replaceAll('@', '@\u200b')
}
