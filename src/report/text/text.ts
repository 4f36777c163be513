import { plural, visible } from '../../plain-text.ts'
import { shellLine } from '../../shell.ts'
import type {
  ApplyReport,
  Counts,
  DiffReport,
  Planned,
  PlanReport,
  Report,
  ScopeReport,
  Side,
} from '../model/report.ts'
import type { Reporter, View } from '../reporter.ts'
import { sinceText } from '../wording/base-wording.ts'
import { keysText, notComparedText } from '../wording/resource-lists.ts'
import { conditionsText } from '../wording/scope-wording.ts'
import { serverOnlyNames, serverOnlyText } from '../wording/server-only-wording.ts'
import { issuesText } from './issues-text.ts'
import { totalsText, unfinishedText } from './outcome-text.ts'
import type { Style } from './style.ts'
import { flowText, type Part, paragraph } from './wrap.ts'

/** For terminals: aligned to the width of the terminal, and readable without color. */
export const text: Reporter = async (report, view) => {
  const { style } = view
  switch (report.schema) {
    case 'prefect-snapshot/plan':
      return planText(report, view)
    case 'prefect-snapshot/diff':
      return diffText(report, view)
    case 'prefect-snapshot/apply': {
      const totals = report.outcomes.length > 0 ? totalsText(report.outcomes, style) : ''
      return (await planText(report, view)) + unfinishedText(report, style) + totals
    }
    case 'prefect-snapshot/validate':
      return verdictsText(report, style)
    case 'prefect-snapshot/graph':
      return report.edges.map(({ from, to }) => `${visible(from)} → ${visible(to)}\n`).join('')
    case 'prefect-snapshot/error':
      return issuesText(report.issues, style)
  }
}

async function planText(plan: PlanReport | ApplyReport, view: View): Promise<string> {
  const { style, width } = view
  // Loads the line comparison, which a report without changes does not need.
  const { changesText } = await import('./change-text.ts')
  const parts = [
    headText(plan, style, width),
    changesText(plan.changes, view),
    unsupportedText(plan, style),
    externalText(plan, view) + serverOnly(plan, view) + unknownText(plan, view),
    countsText(plan.counts, style) +
      (plan.next && plan.exit <= 2 ? `${style.dim('Next:')} prefect-snapshot ${shellLine(plan.next)}\n` : ''),
  ]
  const [head, ...rest] = parts.filter((part) => part !== '')
  return [head, ...rest].join(plan.changes.length + plan.unsupported.length > 0 ? '\n' : '')
}

async function diffText(diff: DiffReport, view: View): Promise<string> {
  const { style, width } = view
  const { changesText } = await import('./change-text.ts')
  const { counts, unmanaged } = diff
  const only =
    unmanaged.length === 0
      ? ''
      : `Not compared, since the other side leaves them out: ${keysText(unmanaged, most(view))}`
  const parts = [
    sidesText(diff, style, width),
    changesText(diff.changes, view),
    only === '' ? '' : paragraph(only, width, style.dim),
    diff.changes.length === 0
      ? `${style.green('No difference')}: ${plural(counts.unchanged, 'resource')} the same.\n`
      : `${style.bold('Difference')}: ${counts.create} created, ${counts.update} updated, ${counts.delete} deleted, ${counts.unchanged} unchanged.\n`,
  ]
  const [head, ...rest] = parts.filter((part) => part !== '')
  return [head, ...rest].join(diff.changes.length > 0 ? '\n' : '')
}

function sidesText({ from, to }: DiffReport, style: Style, width: number): string {
  const side = (word: string, { file, ...source }: Side): string => {
    const first: Part[] = [{ text: `${word} ${visible(file)}`, paint: style.bold }]
    return flowText([...first, ...provenance(source)], '', width)
  }
  const same = conditionsText(from.scope) === conditionsText(to.scope)
  const scopes = same
    ? paragraph(scopeText({ ...to.scope, absent: [] }), width, style.dim)
    : [from, to]
        .map(({ file, scope }) =>
          paragraph(`${visible(file)}: ${scopeText({ ...scope, absent: [] })}`, width, style.dim),
        )
        .join('')
  return side('From', from) + side('to  ', to) + scopes
}

function provenance({ api, server }: Pick<Side, 'api' | 'server'>): Part[] {
  if (api === undefined) return []
  return [
    { text: `exported from ${visible(api)}` },
    ...(server === undefined ? [] : [{ text: `(Prefect ${visible(server)})` }]),
  ]
}

function headText({ target, source, base, scope }: Planned, style: Style, width: number): string {
  const first: Part[] = [
    { text: `Plan for ${visible(target.profile ?? 'the server')}`, paint: style.bold },
    { text: visible(target.url) },
    { text: `(Prefect ${visible(target.version)})` },
  ]
  const from: Part[] = [{ text: `from ${visible(source.file)}` }, ...provenance(source)]
  const since = base ? paragraph(`Since ${visible(base.file)}: ${sinceText(base)}`, width, (line) => line) : ''
  return (
    flowText(first, '', width) + flowText(from, '  ', width) + since + paragraph(scopeText(scope), width, style.dim)
  )
}

function scopeText({ incomplete, resources, managed, absent, ...scope }: ScopeReport): string {
  const of = managed.length > 0 ? ` of ${managed.join(', ')}` : ''
  return [
    `Scope: ${conditionsText(scope)}; ${plural(resources, 'resource')}${of}`,
    ...(absent.length > 0 ? [`none of ${absent.join(', ')}`] : []),
    ...(incomplete.length > 0 ? [`not read in full: ${incomplete.join(', ')}`] : []),
  ].join('; ')
}

function unsupportedText({ unsupported }: Planned, style: Style): string {
  return unsupported
    .map(({ ref, path, reason }) => {
      const [kind = '', ...key] = ref.split('/')
      const head = style.red(`x ${kind} ${visible(key.join('/'))}`)
      return `${head}${path === undefined ? '' : `  ${path}`}\n    ${style.yellow('!')} not possible: ${visible(reason)}\n`
    })
    .join('')
}

function externalText({ external = [] }: Planned, view: View): string {
  if (external.length === 0) return ''
  return paragraph(`External (read, not written): ${keysText(external, most(view))}`, view.width, view.style.dim)
}

function serverOnly(plan: Planned, { style, width, full }: View): string {
  if (plan.unmanaged.length === 0) return ''
  return paragraph(`${serverOnlyText(plan)}: ${serverOnlyNames(plan.unmanaged, full)}`, width, style.yellow)
}

function unknownText({ notCompared }: Planned, view: View): string {
  if (notCompared.length === 0) return ''
  const list = notComparedText(notCompared, most(view))
  return paragraph(`Secrets not compared (value unknown here or on the server): ${list}`, view.width, view.style.yellow)
}

function countsText(counts: Counts, style: Style): string {
  const { create, update, patchCycle, delete: remove, unchanged, unmanaged, unsupported, refused, notCompared } = counts
  const only = unmanaged > 0 ? `, ${unmanaged} only on the server` : ''
  const unknown = `${only}${notCompared > 0 ? `, ${notCompared} with secrets that were not compared` : ''}`
  if (create + update + patchCycle + remove + unsupported === 0)
    return `${style.green('Nothing to do')}: ${plural(unchanged, 'resource')} as in the snapshot${unknown}.\n`
  const parts = [
    `${create} to create`,
    `${update} to update`,
    ...(patchCycle > 0 ? [`${patchCycle} to patch (cycle)`] : []),
    `${remove} to delete`,
    `${unchanged} unchanged`,
    ...(unsupported > 0 ? [`${unsupported} not possible`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
  ]
  return `${style.bold('Plan')}: ${parts.join(', ')}${unknown}.\n`
}

function verdictsText({ files }: Report & { schema: 'prefect-snapshot/validate' }, style: Style): string {
  return files
    .map(({ file, resources, errors, warnings }) => {
      const verdict = errors > 0 ? style.red(plural(errors, 'fault')) : style.green('valid')
      const count = errors > 0 ? '' : `, ${plural(resources, 'resource')}`
      return `${visible(file)}: ${verdict}${count}${warnings > 0 ? `, ${plural(warnings, 'warning')}` : ''}\n`
    })
    .join('')
}

/** The maximum number of names of a kind in a list. */
function most({ full }: View): number {
  return full ? Number.POSITIVE_INFINITY : 3
}
