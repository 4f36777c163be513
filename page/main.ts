import type { Item, PageData } from '../src/report/html/page-data.ts'
import { shellLine } from '../src/shell.ts'
import { type Choice, isChange, toggled } from './choice.ts'
import { detailOf } from './detail.ts'
import { h, part } from './dom.ts'
import { makeFilter } from './filter.ts'
import { makeList } from './list.ts'
import { makeMap } from './map.ts'

const data: PageData = JSON.parse(part('#data').textContent ?? '')
if (document.querySelector('.rows')) run()

function run(): void {
  const byRef = new Map(data.items.map((item) => [item.ref, item]))
  let choice: Choice = { selected: new Set(), all: new Set() }
  let shown: number | undefined

  const tick = (ref: number) => {
    const item = byRef.get(ref)
    if (!data.apply || !item || !isChange(item)) return
    choice = toggled(choice, ref, data.items)
    list.refresh()
    showCommand(choice, byRef)
  }
  const list = makeList(
    data,
    (ref) => (choice.selected.has(ref) ? 'selected' : choice.all.has(ref) ? 'needed' : undefined),
    {
      select: (ref) => select(ref),
      tick,
    },
  )
  const map = makeMap(
    data,
    (ref) => byRef.get(ref)?.state,
    (ref) => select(ref),
  )
  const detail = part('#detail')
  const neighbor = (ref: number) => {
    const { kind = '', key = '' } = data.refs[ref] ?? {}
    const link = h('button', { class: `to ${byRef.get(ref)?.state ?? 'same'}` }, h('small', {}, kind), key)
    link.addEventListener('click', () => select(ref))
    return link
  }
  const select = (ref: number) => {
    if (shown === ref) return
    shown = ref
    detail.replaceChildren(...detailOf(data, ref, byRef.get(ref), neighbor))
    detail.scrollTop = 0
    list.mark(ref)
    map.mark(ref)
  }
  makeFilter(data, (items) => {
    list.show(items)
    list.mark(shown)
  })
  tabs()
  part('.copy').addEventListener('click', () => copy())
  part('.none').addEventListener('click', () => {
    choice = { selected: new Set(), all: new Set() }
    list.refresh()
    showCommand(choice, byRef)
  })
  const first = data.items[0]
  if (first) select(first.ref)
  else detail.replaceChildren(h('p', { class: 'same' }, 'There is nothing to change.'))
}

/** Shows the command that applies only the selected changes. */
function showCommand({ selected, all }: Choice, byRef: ReadonlyMap<number, Item>): void {
  const footer = part('footer')
  footer.hidden = all.size === 0
  const extra = all.size - selected.size
  const needed = extra > 0 ? `, ${extra} of them as dependencies` : ''
  const total = [...byRef.values()].filter(isChange).length
  part('.ticked').textContent = `${all.size} of ${total} selected${needed}`
  const refs = [...byRef.keys()].filter((ref) => all.has(ref)).map((ref) => data.refs[ref])
  const includes = all.size === total ? [] : refs.flatMap((ref) => (ref ? ['--include', `${ref.kind}/${ref.key}`] : []))
  part<HTMLInputElement>('.command').value = shellLine([...(data.apply ?? []), ...includes])
}

function copy(): void {
  const command = part<HTMLInputElement>('.command')
  command.select()
  const showStatus = (text: string) => {
    part('.copy').textContent = text
    setTimeout(() => {
      part('.copy').textContent = 'Copy'
    }, 1500)
  }
  navigator.clipboard?.writeText(command.value).then(
    () => showStatus('Copied'),
    () => showStatus('Press Ctrl+C'),
  )
}

/** Tabs for narrow screens, which show one part of the page at a time. */
function tabs(): void {
  for (const button of document.querySelectorAll('.tabs button'))
    button.addEventListener('click', () => {
      part('main').dataset.tab = button.getAttribute('data-tab') ?? 'list'
      for (const other of document.querySelectorAll('.tabs button'))
        other.setAttribute('aria-pressed', String(other === button))
    })
}
