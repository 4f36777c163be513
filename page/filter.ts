import type { Item, PageData } from '../src/report/html/page-data.ts'
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

/** Search, kind and chip filters of the list. Calls `show` with the matching items after each change. */
export function makeFilter(data: PageData, show: (items: readonly Item[]) => void): void {
  const search = part<HTMLInputElement>('#search')
  const kinds = part<HTMLSelectElement>('#kind')
  const texts = new Map(data.items.map((item) => [item, textOf(data, item)]))
  const pressed = new Set<string>()
  const apply = () => {
    const terms = search.value.toLowerCase().split(/\s+/).filter(Boolean)
    const matching = data.items.filter(
      (item) =>
        terms.every((term) => texts.get(item)?.includes(term)) &&
        (kinds.value === '' || data.refs[item.ref]?.kind === kinds.value) &&
        (pressed.size === 0 || traitsOf(item).some((trait) => pressed.has(trait))),
    )
    part('.found').textContent =
      matching.length === data.items.length
        ? `${matching.length} in total`
        : `${matching.length} of ${data.items.length}`
    show(matching)
  }
  const counts = new Map<string, number>()
  for (const item of data.items) for (const trait of traitsOf(item)) counts.set(trait, (counts.get(trait) ?? 0) + 1)
  const chips = Object.entries(words).flatMap(([trait, word]) => {
    const count = counts.get(trait)
    if (count === undefined) return []
    const chip = h(
      'button',
      { class: `chip ${trait}`, 'aria-pressed': 'false', 'data-trait': trait },
      `${word} `,
      h('span', {}, String(count)),
    )
    chip.addEventListener('click', () => {
      if (!pressed.delete(trait)) pressed.add(trait)
      chip.setAttribute('aria-pressed', String(pressed.has(trait)))
      apply()
    })
    return [chip]
  })
  part('.chips').append(...chips)
  const byKind = new Map<string, number>()
  for (const { ref } of data.items)
    byKind.set(data.refs[ref]?.kind ?? '', (byKind.get(data.refs[ref]?.kind ?? '') ?? 0) + 1)
  kinds.append(
    h('option', { value: '' }, 'All kinds'),
    ...[...byKind].map(([kind, count]) => h('option', { value: kind }, `${kind} (${count})`)),
  )
  search.addEventListener('input', apply)
  kinds.addEventListener('change', apply)
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target instanceof HTMLInputElement) return
    event.preventDefault()
    search.focus()
  })
  apply()
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
