import type { Item, PageData, State } from '../src/report/html/page-data.ts'
import { isChange } from './choice.ts'
import { h, part } from './dom.ts'

export const rowHeight = 54
const signs: Readonly<Record<State, string>> = {
  create: '+',
  update: '~',
  delete: '−',
  blocked: '×',
  unknown: '?',
  resource: '·',
  external: '◌',
}

export interface List {
  /** Replaces the items. */
  show(items: readonly Item[]): void
  /** Marks an item and scrolls to it. */
  mark(ref: number | undefined): void
  /** Redraws the rows after the selection has changed. */
  refresh(): void
  focus(): void
}

type Ticked = (ref: number) => 'selected' | 'needed' | undefined

interface On {
  readonly select: (ref: number) => void
  /** A row was clicked: its detail is wanted, where it is not visible already. */
  readonly open: (ref: number) => void
  readonly tick: (ref: number) => void
}

/** A virtual list: only visible rows are in the DOM. One row has the focus; arrow keys move it. */
export function makeList(data: PageData, ticked: Ticked, on: On): List {
  const sheet = makeSheet(data, ticked)
  listenToClicks(sheet, on)
  listenToKeys(sheet, on)
  return {
    show: sheet.show,
    mark(ref) {
      const index = sheet.items().findIndex((item) => item.ref === ref)
      if (index >= 0) sheet.move(index, true)
    },
    refresh: sheet.draw,
    focus: sheet.focus,
  }
}

/** The visible rows, with empty space for the other rows. */
interface Sheet {
  readonly grid: HTMLElement
  items(): readonly Item[]
  /** Index of the focused row. */
  at(): number
  show(items: readonly Item[]): void
  draw(): void
  /** Focuses another row and scrolls to it; `isCentered`: to the middle of the list, unless it is visible. */
  move(to: number, isCentered?: boolean): void
  focus(): void
}

function makeSheet(data: PageData, ticked: Ticked): Sheet {
  const grid = part('.rows')
  const sheet = h('div', { role: 'rowgroup', class: 'sheet' })
  grid.append(sheet)
  let items: readonly Item[] = []
  let at = 0
  const focus = (options?: FocusOptions) => sheet.querySelector<HTMLElement>('[tabindex="0"]')?.focus(options)
  const draw = () => {
    const hadFocus = grid.contains(document.activeElement)
    const first = Math.max(0, Math.floor(grid.scrollTop / rowHeight) - 6)
    const last = Math.min(items.length, Math.ceil((grid.scrollTop + grid.clientHeight) / rowHeight) + 6)
    const numbers = new Set(Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index))
    if (items.length > 0) numbers.add(at)
    sheet.replaceChildren(
      ...[...numbers].sort((a, b) => a - b).map((index) => rowOf(data, items[index] as Item, index, at, ticked)),
    )
    if (hadFocus) focus({ preventScroll: true })
  }
  const move = (to: number, isCentered = false) => {
    at = Math.max(0, Math.min(items.length - 1, to))
    const top = at * rowHeight
    const last = top + rowHeight - grid.clientHeight
    const isVisible = top >= grid.scrollTop && last <= grid.scrollTop
    if (isCentered && !isVisible) grid.scrollTop = (top + last) / 2
    else if (!isVisible) grid.scrollTop = top < grid.scrollTop ? top : last
    draw()
  }
  const show = (next: readonly Item[]) => {
    items = next
    at = 0
    grid.setAttribute('aria-rowcount', String(items.length))
    sheet.style.height = `${items.length * rowHeight}px`
    grid.scrollTop = 0
    draw()
  }
  grid.addEventListener('scroll', draw, { passive: true })
  new ResizeObserver(draw).observe(grid)
  return { grid, items: () => items, at: () => at, show, draw, move, focus: () => focus() }
}

function listenToClicks({ grid, items, move }: Sheet, on: On): void {
  grid.addEventListener('click', (event) => {
    const row = (event.target as Element).closest('[data-index]')
    const index = Number(row?.getAttribute('data-index'))
    const item = row ? items()[index] : undefined
    if (!item) return
    if (event.target instanceof HTMLInputElement) return on.tick(item.ref)
    move(index)
    grid.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true })
    on.open(item.ref)
  })
}

function listenToKeys({ grid, items, at, move }: Sheet, on: On): void {
  grid.addEventListener('keydown', (event) => {
    const step = stepOf(event.key, items().length, Math.max(1, Math.floor(grid.clientHeight / rowHeight) - 1))
    if (step !== undefined) move(at() + step)
    const item = items()[at()]
    if (step !== undefined && item) on.select(item.ref)
    else if (event.key === ' ' && item) on.tick(item.ref)
    else if (event.key === 'Enter' && item) {
      on.open(item.ref)
      part('#detail').focus()
    } else if (step === undefined) return
    event.preventDefault()
  })
}

/** The number of rows that a key moves down; undefined for other keys. */
function stepOf(key: string, rows: number, page: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -rows,
    End: rows,
  }
  return steps[key]
}

function rowOf(data: PageData, item: Item, index: number, at: number, ticked: Ticked): HTMLElement {
  const { kind = '', key = '' } = data.refs[item.ref] ?? {}
  const failed = item.outcome !== undefined && !item.outcome.startsWith('done')
  const warned = failed || item.faults.length > 0 || item.secrets.some(({ missing }) => missing)
  const row = h(
    'div',
    {
      role: 'row',
      class: `row ${item.state}`,
      'data-index': String(index),
      'aria-rowindex': String(index + 1),
      'aria-selected': String(index === at),
      tabindex: index === at ? '0' : '-1',
    },
    data.apply && isChange(item) ? tickOf(`${kind} ${key}`, ticked(item.ref)) : undefined,
    h('span', { role: 'gridcell', class: 'sign', 'aria-label': item.state }, signs[item.state]),
    h(
      'span',
      { role: 'gridcell', class: 'name' },
      h('b', {}, key),
      h('small', {}, h('i', {}, kind), item.brief === '' ? '' : `  ${item.brief}`),
    ),
    warned || item.notes.length > 0
      ? h(
          'span',
          { role: 'gridcell', class: warned ? 'flag bad' : 'flag', 'aria-label': warned ? 'problem' : 'note' },
          '!',
        )
      : undefined,
  )
  row.style.top = `${index * rowHeight}px`
  return row
}

function tickOf(name: string, state: 'selected' | 'needed' | undefined): HTMLElement {
  const label = state === 'needed' ? `${name}, selected as a dependency` : name
  const box = h('input', {
    type: 'checkbox',
    tabindex: '-1',
    'aria-label': `Select ${label}`,
    ...(state === 'needed' ? { class: 'needed' } : {}),
  })
  if (box instanceof HTMLInputElement) box.checked = state !== undefined
  return h('span', { role: 'gridcell', class: 'tick' }, box)
}
