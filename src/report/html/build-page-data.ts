import { listAt } from '../../list-at.ts'
import type { ChangedBy } from '../../model.ts'
import { visible } from '../../plain-text.ts'
import { type Ref, splitRef } from '../../ref.ts'
import { colorsOf } from '../graph/colors.ts'
import type { ChangeReport, NotComparedReport, OutcomeReport } from '../model/change-report.ts'
import type { ApplyReport, DiffReport, EdgeReport, PlanReport, Report } from '../model/report.ts'
import { fieldByText } from '../wording/base-wording.ts'
import { contentText, secretText } from '../wording/change-wording.ts'
import { whyText } from '../wording/outcome-wording.ts'
import { fieldView } from './field-view.ts'
import type { Item, PageData, State } from './page-data.ts'

/** Converts a report to the data of the page's script. */
export function buildPageData(report: Report): PageData {
  const numbers = new Map<Ref, number>()
  const number = (ref: Ref): number => {
    const known = numbers.get(ref)
    if (known !== undefined) return known
    numbers.set(ref, numbers.size)
    return numbers.size - 1
  }
  const items = itemsOf(report, number)
  const edges = 'edges' in report ? report.edges : []
  const needs = [...edges, ...edgesOfDeleted(report)].map(({ from, to, via, cycle }) => {
    const type = cycle ? 'cycle' : via
    return type === 'field' ? ([number(from), number(to)] as const) : ([number(from), number(to), type] as const)
  })
  const choice =
    'next' in report && report.next ? { apply: ['prefect-snapshot', ...withoutSelection(report.next)] } : {}
  const refs = [...numbers.keys()].map((ref) => {
    const { kind, key } = splitRef(ref)
    return { kind, key: visible(key) }
  })
  const done = report.schema === 'prefect-snapshot/diff' ? { done: true as const } : {}
  const colors = [...colorsOf(refs.map(({ kind }) => kind))]
  const isGraph = report.schema === 'prefect-snapshot/graph' ? { isGraph: true as const } : {}
  return { refs, needs, items, colors, total: totalOf(report, items), ...choice, ...done, ...isGraph }
}

/** The references of resources that will be deleted: the snapshot does not have them, so neither have the report's edges. */
function edgesOfDeleted(report: Report): EdgeReport[] {
  if (!('changes' in report)) return []
  return report.changes.flatMap(({ action, ref, fields }) =>
    fields.flatMap(({ pointer, before }): EdgeReport[] =>
      action === 'delete' && pointer.startsWith('/refs/') && typeof before === 'string'
        ? [{ from: ref, to: before as Ref, via: 'field' }]
        : [],
    ),
  )
}

/** The number of resources in the report, with those that do not change. */
function totalOf(report: Report, items: readonly Item[]): number {
  if (!('unchanged' in report)) return items.length
  const unsupported = 'unsupported' in report ? report.unsupported : []
  return new Set([...report.unchanged, ...[...report.changes, ...unsupported].map(({ ref }) => ref)]).size
}

/** Removes selection flags from the command: the choice on the page replaces the selection of the plan. */
function withoutSelection(words: readonly string[]): string[] {
  const valued = ['--include', '--tag', '--kind']
  return words.filter(
    (word, at) => word !== '--dependents' && !valued.includes(word) && !valued.includes(words[at - 1] ?? ''),
  )
}

function itemsOf(report: Report, number: (ref: Ref) => number): Item[] {
  switch (report.schema) {
    case 'prefect-snapshot/plan':
    case 'prefect-snapshot/apply':
      return [...changeItems(report, number), ...blockedItems(report, number), ...unknownItems(report, number)]
    case 'prefect-snapshot/diff':
      return changeItems(report, number)
    case 'prefect-snapshot/graph':
      return report.resources.map(({ ref, external, place, fields }) => ({
        ...bare(number(ref), external ? 'external' : 'resource'),
        ...(place ? { place: `${place.file}:${place.line}` } : {}),
        brief: contentText(fields, 120),
        fields: fields.map(fieldView),
      }))
    default:
      return []
  }
}

function bare(ref: number, state: State): Item {
  return { ref, state, brief: '', fields: [], same: 0, secrets: [], notes: [], faults: [], waits: [] }
}

/** One item per resource: the `patch-cycle` of a create is part of the create's item. */
function changeItems(report: PlanReport | DiffReport | ApplyReport, number: (ref: Ref) => number): Item[] {
  const byId = new Map(report.changes.map((change) => [change.id, change]))
  const outcomes = new Map('outcomes' in report ? report.outcomes.map((outcome) => [outcome.id, outcome]) : [])
  const { refusals, unsupported } = 'refusals' in report ? report : { refusals: [], unsupported: [] }
  const refused = byRefOf(refusals.map(({ ref, message }) => [ref, message]))
  const unknown = unknownNotes('notCompared' in report ? report.notCompared : [])
  const impossible = byRefOf(
    unsupported.map(({ ref, path, reason }) => [ref, `${path ?? ref} stays as it is: ${reason}`]),
  )
  return report.changes.flatMap((change): Item[] => {
    if (change.action === 'patch-cycle') return []
    const second = byId.get(`${change.ref}#patch-cycle`)
    const waits = [...change.waits, ...(second?.waits ?? [])]
      .flatMap((id) => byId.get(id)?.ref ?? [])
      .filter((ref) => ref !== change.ref)
    const later = second ? [`${second.without.join(', ')} is filled in afterwards, since it is part of a cycle`] : []
    const outcome = outcomes.get(change.id)
    return [
      {
        ...bare(number(change.ref), change.action),
        ...(change.place ? { place: `${change.place.file}:${change.place.line}` } : {}),
        brief:
          change.action === 'update'
            ? change.fields.map(({ path }) => path).join(', ')
            : contentText(change.fields, 120),
        fields: change.fields.map((field) => fieldView({ ...field, path: field.path + fieldByText(change, field) })),
        same: change.same,
        secrets: secretsOf(change),
        notes: [
          ...whose(change.changedBy),
          ...change.notes,
          ...(change.remarks ?? []),
          ...later,
          ...(unknown.get(change.ref) ?? []),
        ].map(visible),
        faults: [...(refused.get(change.ref) ?? []), ...(impossible.get(change.ref) ?? [])].map(visible),
        waits: [...new Set(waits)].map(number),
        ...(outcome ? { outcome: outcomeOf(outcome) } : {}),
      },
    ]
  })
}

function whose(by: ChangedBy | undefined): string[] {
  const words = {
    ours: 'ours: the snapshot has changed since the base',
    theirs: 'theirs: the server has changed since the base, and apply would take that back',
    both: 'both: the snapshot and the server have changed since the base',
  }
  return by ? [words[by]] : []
}

function byRefOf(faults: readonly (readonly [Ref | undefined, string])[]): Map<Ref | undefined, string[]> {
  const out = new Map<Ref | undefined, string[]>()
  for (const [ref, fault] of faults) listAt(out, ref).push(fault)
  return out
}

/** Unsupported resources that have no other change. */
function blockedItems(
  { unsupported, changes, notCompared }: PlanReport | ApplyReport,
  number: (ref: Ref) => number,
): Item[] {
  const changed = new Set(changes.map(({ ref }) => ref))
  const unknown = unknownNotes(notCompared)
  return unsupported
    .filter(({ ref }) => !changed.has(ref))
    .map(({ ref, path, reason }) => ({
      ...bare(number(ref), 'blocked'),
      brief: path ?? 'not possible on this server',
      notes: unknown.get(ref) ?? [],
      faults: [visible(path === undefined ? reason : `${path}: ${reason}`)],
    }))
}

/** Resources of which nothing is known to change, but that have secrets that were not compared. */
function unknownItems(
  { notCompared, changes, unsupported }: PlanReport | ApplyReport,
  number: (ref: Ref) => number,
): Item[] {
  const shown = new Set([...changes, ...unsupported].map(({ ref }) => ref))
  const notes = unknownNotes(notCompared)
  return notCompared
    .filter(({ ref }) => !shown.has(ref))
    .map(({ ref }) => ({
      ...bare(number(ref), 'unknown'),
      brief: 'secrets not compared',
      notes: notes.get(ref) ?? [],
    }))
}

function unknownNotes(notCompared: readonly NotComparedReport[]): Map<Ref | undefined, string[]> {
  return byRefOf(
    notCompared.map(({ ref, secrets }) => {
      const paths = secrets.map(({ path }) => path).join(', ')
      return [ref, visible(`not compared, since the value here or on the server is unknown: ${paths}`)]
    }),
  )
}

function secretsOf({ secrets }: ChangeReport): Item['secrets'] {
  return secrets.map((secret) => ({
    path: secret.path,
    text: secretText(secret),
    ...(secret.state === 'missing' ? { missing: true as const } : {}),
  }))
}

function outcomeOf(outcome: OutcomeReport): string {
  return outcome.status === 'done' ? `done in ${outcome.ms} ms` : `${outcome.status}${whyText(outcome)}`
}
