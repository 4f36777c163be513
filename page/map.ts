import type { PageData, State } from '../src/report/html/page-data.ts'
import { part, s } from './dom.ts'
import { nearOf, size } from './near.ts'
import { makeViewport } from './viewport.ts'

export interface Map {
  /** Shows one resource: its position in the overview, or its neighborhood. */
  mark(ref: number): void
}

type StateOf = (ref: number) => State | undefined
type Mode = 'all' | 'near'

/** The graph view: an overview, or the neighborhood of one resource. A click selects a resource. */
export function makeMap(data: PageData, stateOf: StateOf, select: (ref: number) => void): Map {
  const svg = part<SVGSVGElement>('svg.graph')
  const [all, near] = [part<SVGGElement>('#all'), part<SVGGElement>('#near')]
  const overviewSize = { width: Number(svg.dataset.width), height: Number(svg.dataset.height) }
  const overview = overviewOf(data, all)
  let mode: Mode = overview.size > 60 || overview.size === 0 ? 'near' : 'all'
  let marked: number | undefined

  const viewport = makeViewport(svg, [all, near], (event) => {
    const ref = overview.refAt(event.target as Element)
    if (ref !== undefined) select(ref)
  })
  const draw = () => {
    for (const button of document.querySelectorAll('[data-mode]'))
      button.setAttribute('aria-pressed', String(button.getAttribute('data-mode') === mode))
    all.classList.toggle('off', mode !== 'all')
    near.classList.toggle('off', mode !== 'near')
    if (mode === 'near') {
      const picture = drawNear(data, near, marked, stateOf)
      if (picture) viewport.resize(picture)
      viewport.fit()
    } else {
      viewport.resize(overviewSize)
      overview.highlight(marked)
    }
  }
  for (const button of document.querySelectorAll('[data-mode]'))
    button.addEventListener('click', () => {
      mode = button.getAttribute('data-mode') === 'all' ? 'all' : 'near'
      draw()
      viewport.fit()
    })
  viewport.resize(overviewSize)
  draw()
  viewport.fit()
  return {
    mark(ref) {
      marked = ref
      draw()
      const at = mode === 'all' ? overview.positionOf(ref) : undefined
      if (at) viewport.reveal(at.x, at.y)
    },
  }
}

/** The nodes and lines in the page's HTML. */
interface Overview {
  /** Number of nodes. */
  readonly size: number
  /** The resource of the node that an element belongs to, in either picture. */
  refAt(element: Element): number | undefined
  positionOf(ref: number): { readonly x: number; readonly y: number } | undefined
  /** Dims everything but one resource and its neighbors. */
  highlight(ref: number | undefined): void
}

function overviewOf(data: PageData, all: SVGGElement): Overview {
  const names = new globalThis.Map(data.refs.map(({ kind, key }, index) => [`${kind}/${key}`, index]))
  const refOf = (node: Element) => names.get(node.getAttribute('data-ref') ?? '')
  const nodes = new globalThis.Map([...all.querySelectorAll('.node')].map((node) => [refOf(node) ?? -1, node]))
  const lines = [...all.querySelectorAll('.line')]
  return {
    size: nodes.size,
    refAt(element) {
      const node = element.closest('.node')
      return node ? refOf(node) : undefined
    },
    positionOf(ref) {
      const node = nodes.get(ref)
      const [x = 0, y = 0] = (node?.getAttribute('transform')?.match(/-?[\d.]+/g) ?? []).map(Number)
      return node && { x, y }
    },
    highlight(marked) {
      const ref = marked === undefined ? undefined : data.refs[marked]
      const name = ref ? `${ref.kind}/${ref.key}` : ''
      const close = new Set([name])
      for (const line of lines) {
        const [from = '', to = ''] = [line.getAttribute('data-from') ?? '', line.getAttribute('data-to') ?? '']
        const hot = from === name || to === name
        line.classList.toggle('hot', hot)
        if (hot) close.add(from).add(to)
      }
      for (const node of nodes.values()) {
        const own = node.getAttribute('data-ref') ?? ''
        node.classList.toggle('hot', own === name)
        node.classList.toggle('close', close.has(own))
      }
      all.classList.toggle('dimmed', marked !== undefined && nodes.has(marked))
    },
  }
}

/** Draws the neighborhood of a resource; undefined if none is marked. */
function drawNear(data: PageData, near: SVGGElement, marked: number | undefined, stateOf: StateOf) {
  near.replaceChildren()
  if (marked === undefined) return undefined
  const picture = nearOf(marked, data.needs)
  const colors = new globalThis.Map(data.colors)
  near.replaceChildren(
    ...picture.lines.map(({ path }) => s('path', { class: 'line', d: path })),
    ...picture.places.map(({ ref, x, y }) => card(data, ref, x, y, colors, stateOf(ref), ref === marked)),
    ...picture.notes.map(({ text, x, y }) => s('text', { class: 'kind', x: x - size.width / 2 + 8, y: y + 4 }, text)),
  )
  return picture
}

function card(
  data: PageData,
  ref: number,
  x: number,
  y: number,
  colors: ReadonlyMap<string, string>,
  state: State | undefined,
  middle: boolean,
): SVGElement {
  const { kind = '', key = '' } = data.refs[ref] ?? {}
  const label = key.length > 30 ? `${key.slice(0, 18)}…${key.slice(-11)}` : key
  const group = s('g', {
    class: `node${state ? ` ${state}` : ''}${middle ? ' hot' : ''}`,
    'data-ref': `${kind}/${key}`,
    transform: `translate(${x - size.width / 2} ${y - size.height / 2})`,
    role: 'button',
    tabindex: '-1',
  })
  group.append(
    s('title', {}, `${kind}/${key}`),
    s('rect', { class: 'box', width: size.width, height: size.height, rx: 7 }),
    s('rect', { class: 'stripe', x: 6, y: 9, width: 4, height: 20, rx: 2, fill: colors.get(kind) ?? '' }),
    s('text', { class: 'kind', x: 17, y: 15 }, kind),
    s('text', { class: 'key', x: 17, y: 29 }, label),
  )
  return group
}
