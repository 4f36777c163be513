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
}

export interface List {
  /** Shows these. */
  show(items: readonly Item[]): void
  /** Marks one, and brings it into sight. */
  mark(ref: number | undefined): void
  /** Draws the rows again, since ticks have changed. */
  refresh(): void
  focus(): void
}

/** A list of any length: only the rows in sight exist. One row takes the focus; arrow keys move it. */
export function makeList(
  data: PageData,
  ticked: (ref: number) => 'own' | 'needed' | undefined,
  on: { readonly select: (ref: number) => void; readonly tick: (ref: number) => void },
): List {
  const grid = part('.rows')
  const sheet = h('div', { role: 'rowgroup', class: 'sheet' })
  grid.append(sheet)
  let items: readonly Item[] = []
  let at = 0

  const draw = () => {
    const had = grid.contains(document.activeElement)
    const first = Math.max(0, Math.floor(grid.scrollTop / rowHeight) - 6)
    const last = Math.min(items.length, Math.ceil((grid.scrollTop + grid.clientHeight) / rowHeight) + 6)
    const numbers = new Set(Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index))
    if (items.length > 0) numbers.add(at)
    sheet.replaceChildren(
      ...[...numbers].sort((a, b) => a - b).map((index) => rowOf(data, items[index] as Item, index, at, ticked)),
    )
    if (had) sheet.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true })
  }
  const move = (to: number) => {
    at = Math.max(0, Math.min(items.length - 1, to))
    const top = at * rowHeight
    if (top < grid.scrollTop) grid.scrollTop = top
    else if (top + rowHeight > grid.scrollTop + grid.clientHeight) grid.scrollTop = top + rowHeight - grid.clientHeight
    draw()
  }
  const chosen = (event: Event) => {
    const row = (event.target as Element).closest('[data-index]')
    return row ? Number(row.getAttribute('data-index')) : undefined
  }
  grid.addEventListener('scroll', draw, { passive: true })
  new ResizeObserver(draw).observe(grid)
  grid.addEventListener('click', (event) => {
    const index = chosen(event)
    const item = index === undefined ? undefined : items[index]
    if (index === undefined || !item) return
    if (event.target instanceof HTMLInputElement) return on.tick(item.ref)
    at = index
    grid.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true })
    on.select(item.ref)
  })
  grid.addEventListener('keydown', (event) => {
    const page = Math.max(1, Math.floor(grid.clientHeight / rowHeight) - 1)
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -items.length,
      End: items.length,
    }
    const step = steps[event.key]
    const item = items[at]
    if (step !== undefined) {
      move(at + step)
      const now = items[at]
      if (now) on.select(now.ref)
    } else if (event.key === ' ' && item) on.tick(item.ref)
    else if (event.key === 'Enter' && item) {
      on.select(item.ref)
      part('#detail').focus()
    } else return
    event.preventDefault()
  })
  return {
    show(next) {
      items = next
      at = 0
      grid.setAttribute('aria-rowcount', String(items.length))
      sheet.style.height = `${items.length * rowHeight}px`
      grid.scrollTop = 0
      draw()
    },
    mark(ref) {
      const index = items.findIndex((item) => item.ref === ref)
      if (index >= 0) move(index)
    },
    refresh: draw,
    focus: () => sheet.querySelector<HTMLElement>('[tabindex="0"]')?.focus(),
  }
}

function rowOf(
  data: PageData,
  item: Item,
  index: number,
  at: number,
  ticked: (ref: number) => 'own' | 'needed' | undefined,
): HTMLElement {
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

function tickOf(name: string, how: 'own' | 'needed' | undefined): HTMLElement {
  const label = how === 'needed' ? `${name}, ticked because another needs it` : name
  const box = h('input', {
    type: 'checkbox',
    tabindex: '-1',
    'aria-label': `Tick ${label}`,
    ...(how === 'needed' ? { class: 'needed' } : {}),
  })
  if (box instanceof HTMLInputElement) box.checked = how !== undefined
  return h('span', { role: 'gridcell', class: 'tick' }, box)
}
