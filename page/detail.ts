import type { FieldView, Item, PageData, Row } from '../src/report/html/page-data.ts'
import { h } from './dom.ts'

const words = {
  create: 'will be created',
  update: 'will be updated',
  delete: 'will be deleted',
  blocked: 'is not possible on this server',
  unknown: 'is unchanged, except that its secrets were not compared',
  resource: '',
  external: 'is external: only the destination has it',
} as const

const wordsOfDiff = { ...words, create: 'is new', update: 'has changed', delete: 'is gone' } as const

/** The detail view of one resource. `neighbor` makes a link to another resource. */
export function detailOf(
  data: PageData,
  ref: number,
  item: Item | undefined,
  neighbor: (ref: number) => HTMLElement,
): HTMLElement[] {
  const { kind = '', key = '' } = data.refs[ref] ?? {}
  const needs = data.needs.flatMap(([from, to]) => (from === ref ? [to] : []))
  const dependents = data.needs.flatMap(([from, to]) => (to === ref ? [from] : []))
  const verbs = data.done ? wordsOfDiff : words
  const verb = item ? (item.outcome === undefined ? verbs[item.state] : '') : 'is unchanged'
  const head = h(
    'div',
    { class: `head ${item?.state ?? 'same'}` },
    h('p', { class: 'kind' }, kind, item?.place === undefined ? '' : h('code', {}, item.place)),
    h('h2', {}, key),
    verb === '' ? '' : h('p', { class: 'verb' }, verb),
  )
  return [
    head,
    ...(item ? itemParts(item) : []),
    h('div', { class: 'around' }, links('Needs', needs, neighbor), links('Needed by', dependents, neighbor)),
  ]
}

function itemParts({ state, outcome, faults, notes, fields, same, secrets }: Item): HTMLElement[] {
  const failed = outcome !== undefined && !outcome.startsWith('done')
  return [
    ...(outcome === undefined ? [] : [h('p', { class: failed ? 'remark bad' : 'remark good' }, outcome)]),
    ...faults.map((fault) => h('p', { class: 'remark bad' }, fault)),
    ...notes.map((note) => h('p', { class: 'remark' }, note)),
    ...(fields.length > 0 ? [fieldTable(fields, state === 'update')] : []),
    ...(same > 0 ? [h('p', { class: 'same' }, `… ${same} unchanged`)] : []),
    ...(secrets.length > 0 ? [secretTable(secrets)] : []),
  ]
}

/** A table of fields, with before and after side by side if `both`. */
function fieldTable(fields: readonly FieldView[], both: boolean): HTMLElement {
  const titles = both ? ['Field', 'Before', 'After'] : ['Field', 'Value']
  const head = h('thead', {}, h('tr', {}, ...titles.map((title) => h('th', { scope: 'col' }, title))))
  const rows = fields.map((field) => {
    const name = h('th', { scope: 'row' }, field.path)
    if (field.rows) return h('tr', {}, name, h('td', { colspan: '2', class: 'wide' }, linesTable(field.rows)))
    if (both) return h('tr', {}, name, valueCell(field.before, 'before'), valueCell(field.after, 'after'))
    return h('tr', {}, name, valueCell(field.after ?? field.before, ''))
  })
  return h('table', { class: both ? 'fields both' : 'fields' }, head, h('tbody', {}, ...rows))
}

function valueCell(value: string | undefined, side: string): HTMLElement {
  if (value === undefined) return h('td', { class: 'none' }, '—')
  return h('td', { class: side }, h('pre', {}, value))
}

function linesTable(rows: readonly Row[]): HTMLElement {
  const cell = (text: string | undefined, side: string, mark: Row['mark']) => {
    const state = mark === 'changed' ? (text === undefined ? 'empty' : side) : mark
    return h('td', { class: `code ${state}` }, text ?? '')
  }
  const lines = rows.map(({ before, after, mark }) =>
    mark === 'gap'
      ? h('tr', {}, h('td', { colspan: '2', class: 'code gap' }, '⋯'))
      : h('tr', {}, cell(before, 'before', mark), cell(after, 'after', mark)),
  )
  return h('table', { class: 'lines' }, h('tbody', {}, ...lines))
}

function secretTable(secrets: Item['secrets']): HTMLElement {
  const rows = secrets.map(({ path, text, missing }) =>
    h('tr', {}, h('th', { scope: 'row' }, path), h('td', missing ? { class: 'bad' } : {}, text)),
  )
  return h('table', { class: 'fields' }, h('caption', {}, 'Secrets'), h('tbody', {}, ...rows))
}

const maxLinks = 200

function links(title: string, refs: readonly number[], neighbor: (ref: number) => HTMLElement): HTMLElement {
  const distinct = [...new Set(refs)]
  const more = distinct.length > maxLinks ? h('li', {}, `and ${distinct.length - maxLinks} more`) : undefined
  const list = h('ul', {}, ...distinct.slice(0, maxLinks).map((ref) => h('li', {}, neighbor(ref))), more)
  const empty = h('p', { class: 'same' }, 'nothing')
  return h(
    'div',
    { class: 'links' },
    h('h3', {}, `${title} `, h('span', {}, String(distinct.length))),
    distinct.length > 0 ? list : empty,
  )
}
