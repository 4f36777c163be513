import type { PageData } from '../src/report/html/page-data.ts'
import { detailOf } from './detail.ts'
import { h } from './dom.ts'

/**
 * Prints every row of the page with its detail, whatever the list shows: they are added before the page is printed and
 * removed afterwards. What is folded is printed too.
 */
export function listenToPrint(data: PageData): void {
  let added: HTMLElement | undefined
  let opened: HTMLDetailsElement[] = []
  const add = () => {
    if (added) return
    const name = (ref: number) => h('span', {}, `${data.refs[ref]?.kind}/${data.refs[ref]?.key}`)
    const parts = data.items.map((item) => h('article', {}, ...detailOf(data, item.ref, item, name)))
    added = h('section', { class: 'print', 'aria-label': 'All' }, ...parts)
    document.body.append(added)
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')]
    for (const details of opened) details.open = true
  }
  const remove = () => {
    added?.remove()
    added = undefined
    for (const details of opened) details.open = false
    opened = []
  }
  addEventListener('beforeprint', add)
  addEventListener('afterprint', remove)
  // The print preview of some browsers, and tools that imitate it.
  matchMedia('print').addEventListener('change', ({ matches }) => (matches ? add() : remove()))
}
