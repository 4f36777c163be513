import type { Issue } from '../../issue.ts'
import { plural, visible } from '../../plain-text.ts'
import { type Ref, splitRef } from '../../ref.ts'
import { escapeMarkup } from '../graph/markup.ts'
import type { Report, ScopeReport, Side, Source } from '../model/report.ts'
import { sinceText } from '../wording/base-wording.ts'
import { withoutRepeatedIssues } from '../wording/repeated-issues.ts'
import { conditionsText } from '../wording/scope-wording.ts'
import { serverOnlyText } from '../wording/server-only-wording.ts'

/** The title of the page. */
export function titleOf(report: Report): string {
  switch (report.schema) {
    case 'prefect-snapshot/plan':
      return `Plan for ${visible(report.target.profile ?? report.target.url)}`
    case 'prefect-snapshot/apply':
      return `Applied to ${visible(report.target.profile ?? report.target.url)}`
    case 'prefect-snapshot/diff':
      return `Difference from ${visible(report.from.file)} to ${visible(report.to.file)}`
    case 'prefect-snapshot/graph':
      return `Graph of ${visible(report.source.file)}`
    case 'prefect-snapshot/validate':
      return 'Validation'
    case 'prefect-snapshot/error':
      return 'prefect-snapshot failed'
  }
}

/** The page header: the subject of the report, and its counts. */
export function headMarkup(report: Report): string {
  const badges = badgesOf(report).map(([count, word, name]) => `<li class="badge ${name}"><b>${count}</b> ${word}</li>`)
  const lines = linesOf(report).map(([term, value]) => `<div><dt>${term}</dt><dd>${escapeMarkup(value)}</dd></div>`)
  return `<header><div class="title"><h1>${escapeMarkup(titleOf(report))}</h1><ul class="badges">${badges.join('')}</ul></div><dl>${lines.join('')}</dl>${serverOnlyMarkup(report)}</header>`
}

function badgesOf(report: Report): [number, string, string][] {
  if ('counts' in report) {
    const { create, update, delete: remove, unchanged, unsupported, refused, notCompared } = report.counts
    const [createLabel, updateLabel, deleteLabel] =
      report.schema === 'prefect-snapshot/diff'
        ? ['created', 'updated', 'deleted']
        : ['to create', 'to update', 'to delete']
    const all: [number, string, string][] = [
      [create, createLabel, 'create'],
      [update, updateLabel, 'update'],
      [remove, deleteLabel, 'delete'],
      [unsupported, 'not possible', 'delete'],
      [refused, 'refused', 'delete'],
      [unchanged, 'unchanged', 'quiet'],
      [notCompared, 'with secrets not compared', 'quiet'],
    ]
    return all.filter(([count, word]) => count > 0 || word === 'unchanged')
  }
  if (report.schema === 'prefect-snapshot/graph')
    return [
      [report.resources.length, 'resources', 'quiet'],
      [report.edges.length, 'edges', 'quiet'],
      ...cycles(report.edges.filter(({ cycle }) => cycle).length),
    ]
  return []
}

function cycles(count: number): [number, string, string][] {
  return count > 0 ? [[count, 'of them in cycles', 'delete']] : []
}

function linesOf(report: Report): [string, string][] {
  if (report.schema === 'prefect-snapshot/validate')
    return report.files.map(({ file, resources, errors, warnings }) => [
      errors > 0 ? 'Faulty' : 'Valid',
      visible(`${file}: ${plural(resources, 'resource')}, ${plural(errors, 'fault')}, ${plural(warnings, 'warning')}`),
    ])
  const lines: [string, string][] = []
  if (report.schema === 'prefect-snapshot/diff') lines.push(...sideOf('From', report.from), ...sideOf('To', report.to))
  if ('target' in report) lines.push(['Server', visible(`${report.target.url} (Prefect ${report.target.version})`)])
  if ('source' in report) lines.push(['Snapshot', sourceText(report.source)])
  if ('base' in report && report.base) lines.push(['Since', visible(`${report.base.file}: ${sinceText(report.base)}`)])
  if ('scope' in report) lines.push(['Scope', scopeText(report.scope)])
  if (report.schema === 'prefect-snapshot/diff' && report.unmanaged.length > 0)
    lines.push(['Left out by one side', countedByKind(report.unmanaged)])
  return lines
}

function countedByKind(refs: readonly Ref[]): string {
  const kinds = new Map<string, number>()
  for (const ref of refs) kinds.set(splitRef(ref).kind, (kinds.get(splitRef(ref).kind) ?? 0) + 1)
  return [...kinds].map(([kind, count]) => plural(count, kind)).join(', ')
}

/** What only the server has, in full; folded if it is much. */
function serverOnlyMarkup(report: Report): string {
  if (!('prunable' in report) || report.unmanaged.length === 0) return ''
  const { unmanaged } = report
  const open = unmanaged.length > 12 ? '' : ' open'
  const items = unmanaged.map((ref) => `<li><code>${escapeMarkup(visible(ref))}</code></li>`).join('')
  return `<details class="problems"${open}><summary>${escapeMarkup(serverOnlyText(report))}</summary><ul>${items}</ul></details>`
}

function sideOf(term: string, side: Side): [string, string][] {
  return [
    [term, sourceText(side)],
    ['Scope', scopeText(side.scope)],
  ]
}

function sourceText({ file, api, server }: Source): string {
  const from = api === undefined ? '' : `, exported from ${api}${server === undefined ? '' : ` (Prefect ${server})`}`
  return visible(file + from)
}

function scopeText({ resources, managed, absent, ...scope }: ScopeReport): string {
  const not = absent.length > 0 ? `; not of ${absent.join(', ')}` : ''
  return visible(`${conditionsText(scope)}; ${plural(resources, 'resource')} of ${managed.join(', ')}${not}`)
}

/** The list of issues; expanded if there are errors. */
export function issuesMarkup(issues: readonly Issue[]): string {
  if (issues.length === 0) return ''
  const errors = issues.filter(({ severity }) => severity === 'error').length
  const shown = withoutRepeatedIssues(issues)
  const items = shown.slice(0, 200).map(({ severity, code, message, fix, place }) => {
    const at = place ? `<code>${escapeMarkup(visible(`${place.file}:${place.line}:${place.column}`))}</code> ` : ''
    const todo = fix === undefined ? '' : `<div class="fix">→ ${escapeMarkup(visible(fix))}</div>`
    return `<li class="${severity}">${at}<b>${severity}</b> ${escapeMarkup(visible(message))} <code>${code}</code>${todo}</li>`
  })
  const more = shown.length > 200 ? `<li>and ${shown.length - 200} more</li>` : ''
  const open = errors > 0 ? ' open' : ''
  const count = [
    errors > 0 ? plural(errors, 'error') : '',
    issues.length > errors ? plural(issues.length - errors, 'warning') : '',
  ]
    .filter(Boolean)
    .join(', ')
  return `<details class="problems"${open}><summary>${count}</summary><ul>${items.join('')}${more}</ul></details>`
}
