import { listAt } from '../../list-at.ts'
import { plural, shorten, visible } from '../../plain-text.ts'
import { splitRef } from '../../ref.ts'
import { shellLine } from '../../shell.ts'
import type { ChangeReport, FieldReport } from '../model/change-report.ts'
import type { ApplyReport, Compared, DiffReport, PlanReport, Report, ValidateReport } from '../model/report.ts'
import type { Reporter } from '../reporter.ts'
import { byText, fieldByText, sinceText } from '../wording/base-wording.ts'
import { heldText, secretText, signs } from '../wording/change-wording.ts'
import { lineChanges } from '../wording/line-diff.ts'
import { whyText } from '../wording/outcome-wording.ts'
import { isLong, pairText } from '../wording/value-wording.ts'

/** GitHub takes 65,536 characters in a comment. Room is left for what a workflow may put around it. */
const most = 60_000
/** Lines of a list, and characters of a line of it, that are shown at most. */
const listed = 30
const longest = 300

/** For a comment on a pull request: a table, then what is destructive, then the rest, folded by kind. */
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
    issueList(report),
    unsupportedList(report) + notComparedList(report),
  ].join('\n')
  const tail = next && report.exit <= 2 ? `\nTo apply: ${code(`prefect-snapshot ${shellLine(next)}`)}\n` : ''
  return head + sections(report.changes, most - head.length - tail.length) + tail
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
  return head + sections(changes, most - head.length, 'deleted')
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
  const open = outcomes.filter(({ status }) => status !== 'done')
  const lines = open
    .slice(0, listed)
    .map((outcome) => `- **${outcome.status}** ${code(outcome.id)}${literal(whyText(outcome))}`)
  const more = open.length > listed ? [`- and ${open.length - listed} more`] : []
  return [`${outcomes.length - open.length} of ${plural(outcomes.length, 'change')} done.`, '', ...lines, ...more, '']
}

function issueList({ issues }: Pick<Report, 'issues'>): string {
  const lines = issues.slice(0, listed).map(({ severity, code: name, message, fix, place }) => {
    const at = place ? `${code(`${place.file}:${place.line}`)} ` : ''
    const todo = fix === undefined ? '' : ` → ${literal(fix)}`
    return `- ${severity === 'error' ? ':x:' : ':warning:'} ${at}${literal(message)} (${code(name)})${todo}`
  })
  if (issues.length > listed) lines.push(`- and ${issues.length - listed} more`)
  return lines.length > 0 ? `${lines.join('\n')}\n` : ''
}

function unsupportedList({ unsupported }: PlanReport | ApplyReport): string {
  const lines = unsupported.slice(0, listed).map(({ ref, path, reason }) => {
    return `- :no_entry: ${code(path === undefined ? ref : `${ref} ${path}`)} is not possible: ${literal(reason)}`
  })
  if (unsupported.length > listed) lines.push(`- and ${unsupported.length - listed} more`)
  return lines.length > 0 ? `${lines.join('\n')}\n` : ''
}

function notComparedList({ notCompared }: PlanReport | ApplyReport): string {
  const lines = notCompared.slice(0, listed).map(({ ref, secrets }) => {
    const paths = secrets.map(({ path }) => code(path)).join(', ')
    return `- :grey_question: ${code(ref)}: ${secrets.length === 1 ? 'a secret was' : 'secrets were'} not compared: ${paths}`
  })
  if (notCompared.length > listed)
    lines.push(`- and ${notCompared.length - listed} more with secrets that were not compared`)
  return lines.length > 0 ? `${lines.join('\n')}\n` : ''
}

/** One fold a kind, kinds with deletes first, as long as there is room; then how many changes are not shown. */
function sections(changes: readonly ChangeReport[], room: number, deleted = 'to delete'): string {
  const groups = new Map<string, ChangeReport[]>()
  const destructive = changes.filter(({ action }) => action === 'delete')
  for (const change of [...destructive, ...changes.filter(({ action }) => action !== 'delete')]) {
    const name = `${splitRef(change.ref).kind}${change.action === 'delete' ? ` ${deleted}` : ''}`
    listAt(groups, name).push(change)
  }
  let out = ''
  let left = changes.length
  for (const [name, members] of groups) {
    const open = name.endsWith(` ${deleted}`) ? ' open' : ''
    const head = `\n<details${open}><summary>${members.length} × ${name}</summary>\n\n\`\`\`\`\`\`diff\n`
    const foot = '``````\n\n</details>\n'
    let body = ''
    for (const change of members) {
      const block = changeBlock(change)
      if (out.length + head.length + body.length + block.length + foot.length + 100 > room) break
      body += block
      left--
    }
    if (body !== '') out += head + body + foot
    else break
  }
  return left > 0 ? `${out}\n**… and ${left} more.** They did not fit; the HTML report shows them all.\n` : out
}

/** Lines of a `diff` fence, in which GitHub colors what begins with a sign. A fence cannot be ended from within. */
function changeBlock(change: ChangeReport): string {
  const { action, ref, fields, same, secrets, notes } = change
  const { kind, key } = splitRef(ref)
  const head = `${action === 'update' ? '!' : signs[action].replace('~', '!')} ${kind} ${key}${byText(change.changedBy)}`
  const named = fields.map((field) => ({ ...field, path: field.path + fieldByText(change, field) }))
  const held = action === 'update' ? '' : heldText(fields, 100)
  const lines = [
    held === '' ? head : `${head}  ${held}`,
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

/** Text in a code span, whatever is in it. */
function code(text: string): string {
  const shown = visible(shorten(text, longest))
  const run = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(run + 1)
  return run > 0 ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`
}

function cell(text: string): string {
  return code(text).replaceAll('|', '\\|')
}

/** Text in which no sign has a meaning: no tag, no link, no mention of a user. */
function literal(text: string): string {
  return visible(shorten(text, longest))
    .replace(/[\\`*_[\]<>|~#]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`))
    .replaceAll('@', '@\u200b')
}
