import type { PageData } from '../src/report/html/page-data.ts'
import { makeAddress } from './address.ts'
import { makeTicks } from './command.ts'
import { detailOf } from './detail.ts'
import { h, part } from './dom.ts'
import { makeFilter } from './filter.ts'
import { firstOf } from './first.ts'
import { fragmentOf, nameIn, refNamed } from './link.ts'
import { makeList } from './list.ts'
import { makeMap } from './map.ts'
import { listenToPrint } from './print.ts'
import { makeTabs } from './tabs.ts'

const data: PageData = JSON.parse(part('#data').textContent ?? '')
if (document.querySelector('.rows')) run()

function run(): void {
  const byRef = new Map(data.items.map((item) => [item.ref, item]))
  let shown: number | undefined
  const address = makeAddress()
  const openTab = makeTabs()

  const ticks = makeTicks(data, () => list.refresh())
  const open = (ref: number) => {
    select(ref)
    openTab('detail')
  }
  const list = makeList(data, ticks.stateOf, { select: (ref) => select(ref), open, tick: ticks.toggle })
  const map = makeMap(
    data,
    (ref) => byRef.get(ref)?.state,
    (ref) => select(ref),
  )
  const detail = part('#detail')
  const neighbor = (ref: number) => linkTo(ref, byRef.get(ref)?.state ?? 'same')
  const select = (ref: number) => {
    const resource = data.refs[ref]
    if (shown === ref || !resource) return
    shown = ref
    detail.replaceChildren(...detailOf(data, ref, byRef.get(ref), neighbor))
    detail.scrollTop = 0
    list.mark(ref)
    map.mark(ref)
    address(fragmentOf(resource))
  }
  const showNothing = (text: string) => {
    shown = undefined
    detail.replaceChildren(h('p', { class: 'same' }, text))
    map.mark(undefined)
  }
  let isOpen = false
  makeFilter(data, {
    show(items) {
      list.show(items)
      if (items.some(({ ref }) => ref === shown)) list.mark(shown)
      else if (isOpen && items[0]) select(items[0].ref)
      else if (isOpen) showNothing('No row matches the search and the filters.')
    },
    selectAll: ticks.add,
  })
  listenToPrint(data)
  followLinks(open, (name) => {
    const first = firstOf(data)
    if (shown === undefined && first) select(first.ref)
    if (name === '') return
    const text = `${name} is not on this page: it is neither a row nor a neighbor.`
    detail.prepend(h('p', { class: 'remark', role: 'status' }, text))
    openTab('detail')
  })
  if (data.items.length === 0) showNothing('There is nothing to change.')
  isOpen = data.items.length > 0
}

function linkTo(ref: number, state: string): HTMLElement {
  const { kind = '', key = '' } = data.refs[ref] ?? {}
  return h('a', { class: `to ${state}`, href: fragmentOf({ kind, key }) }, h('small', {}, kind), key)
}

/** Opens the resource that the address names, now and after each change. `missing`: there is none, or no name. */
function followLinks(open: (ref: number) => void, missing: (name: string) => void): void {
  const follow = () => {
    const name = nameIn(location.hash)
    const ref = refNamed(data.refs, name)
    if (ref === undefined) missing(name)
    else open(ref)
  }
  addEventListener('hashchange', follow)
  follow()
}
