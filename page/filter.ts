import type { Item, PageData } from '../src/report/html/page-data.ts'
import { isChange } from './choice.ts'
import { h, part } from './dom.ts'

const words: Readonly<Record<string, string>> = {
  create: 'create',
  update: 'update',
  delete: 'delete',
  blocked: 'not possible',
  unknown: 'not compared',
  flagged: 'with notes',
  failed: 'not done',
}

interface On {
  /** The list has other items now; at first, all of them. */
  readonly show: (items: readonly Item[]) => void
  /** The reviewer selects all changes that the list shows. */
  readonly selectAll: (items: readonly Item[]) => void
}

/** Search, kind and chip filters of the list. Shows all items before it returns. */
export function makeFilter(data: PageData, on: On): void {
  const search = part<HTMLInputElement>('#search')
  const kinds = part<HTMLSelectElement>('#kind')
  const every = part('.every')
  const texts = new Map(data.items.map((item) => [item, textOf(data, item)]))
  const pressed = new Set<string>()
  let matching = data.items
  const apply = () => {
    const terms = search.value.toLowerCase().split(/\s+/).filter(Boolean)
    matching = data.items.filter(
      (item) =>
        terms.every((term) => texts.get(item)?.includes(term)) &&
        (kinds.value === '' || data.refs[item.ref]?.kind === kinds.value) &&
        (pressed.size === 0 || traitsOf(item).some((trait) => pressed.has(trait))),
    )
    const isAll = matching.length === data.items.length
    part('.found').textContent = isAll ? `${matching.length} in total` : `${matching.length} of ${data.items.length}`
    const changes = matching.filter(isChange).length
    every.hidden = !data.apply || changes === 0
    every.textContent = isAll ? 'Select all' : `Select these ${changes}`
    on.show(matching)
  }
  part('.chips').append(
    ...chipsOf(data.items, (trait) => {
      const isPressed = !pressed.delete(trait)
      if (isPressed) pressed.add(trait)
      apply()
      return isPressed
    }),
  )
  if (part('.chips').childElementCount === 0) part('.chips').remove()
  kinds.append(...kindOptions(data))
  every.addEventListener('click', () => on.selectAll(matching.filter(isChange)))
  search.addEventListener('input', apply)
  kinds.addEventListener('change', apply)
  listenToKeys(search, () => {
    search.value = ''
    apply()
  })
  apply()
}

/** The search box: `/` goes to it, Escape empties it, and the arrow down goes to its results. */
function listenToKeys(search: HTMLInputElement, clear: () => void): void {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target instanceof HTMLInputElement) return
    event.preventDefault()
    search.focus()
  })
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') clear()
    else if (event.key === 'ArrowDown' || event.key === 'Enter')
      document.querySelector<HTMLElement>('.row[tabindex="0"]')?.focus()
    else return
    event.preventDefault()
  })
}

/** A button for each trait that items have. `toggle` returns whether the button is now pressed. */
function chipsOf(items: readonly Item[], toggle: (trait: string) => boolean): HTMLElement[] {
  const counts = new Map<string, number>()
  for (const item of items) for (const trait of traitsOf(item)) counts.set(trait, (counts.get(trait) ?? 0) + 1)
  return Object.entries(words).flatMap(([trait, word]) => {
    const count = counts.get(trait)
    if (count === undefined) return []
    const chip = h(
      'button',
      { class: `chip ${trait}`, 'aria-pressed': 'false', 'data-trait': trait },
      `${word} `,
      h('span', {}, String(count)),
    )
    chip.addEventListener('click', () => chip.setAttribute('aria-pressed', String(toggle(trait))))
    return [chip]
  })
}

function kindOptions({ items, refs }: PageData): HTMLElement[] {
  const counts = new Map<string, number>()
  for (const { ref } of items) {
    const kind = refs[ref]?.kind ?? ''
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return [
    h('option', { value: '' }, 'All kinds'),
    ...[...counts].map(([kind, count]) => h('option', { value: kind }, `${kind} (${count})`)),
  ]
}

function traitsOf({ state, notes, faults, outcome, secrets }: Item): string[] {
  const flagged = notes.length + faults.length > 0 || secrets.some(({ missing }) => missing)
  const failed = outcome !== undefined && !outcome.startsWith('done')
  return [state, ...(flagged ? ['flagged'] : []), ...(failed ? ['failed'] : [])]
}

function textOf({ refs }: PageData, { ref, brief, place = '', fields, notes, faults, secrets }: Item): string {
  const { kind = '', key = '' } = refs[ref] ?? {}
  const values = fields.flatMap(({ path, before = '', after = '', rows = [] }) => [
    path,
    before.slice(0, 2000),
    after.slice(0, 2000),
    ...rows.flatMap((row) => (row.mark === 'changed' ? [row.before ?? '', row.after ?? ''] : [])),
  ])
  return [`${kind}/${key}`, brief, place, ...values, ...notes, ...faults, ...secrets.map(({ text }) => text)]
    .join('\n')
    .toLowerCase()
}
