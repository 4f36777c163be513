import type { PageData, State } from '../src/report/html/page-data.ts'
import { part, s } from './dom.ts'
import { drawnOf } from './drawn.ts'
import { legendOf } from './legend.ts'
import { nearOf, size } from './near.ts'
import { makeOverview } from './overview.ts'
import { fitting, makeTextWidth } from './text-width.ts'
import { makeViewport } from './viewport.ts'

export interface Map {
  /** Shows one resource: its position in the overview, or its neighborhood. */
  mark(ref: number | undefined): void
}

type StateOf = (ref: number) => State | undefined

/** The most resources that a plan's page shows as an overview at first. */
const fewEnough = 30

/** The graph view: an overview, or the neighborhood of one resource. A click selects a resource. */
export function makeMap(data: PageData, stateOf: StateOf, select: (ref: number) => void): Map {
  const svg = part<SVGSVGElement>('svg.graph')
  const [all, near] = [part<SVGGElement>('#all'), part<SVGGElement>('#near')]
  const drawn = drawnOf(data)
  const overview = makeOverview(data, drawn, all, stateOf)
  const isAll = () => part('main').dataset.view === 'all'
  let marked: number | undefined
  const viewport = makeViewport(svg, [all, near], {
    click(event) {
      const ref = refAt(event.target)
      if (ref !== undefined) select(ref)
    },
    resized: () => show(),
  })
  const show = () => {
    const window = { width: svg.clientWidth - 32, height: svg.clientHeight - 32 }
    // In print, and in a window of no height, there is nothing to draw for.
    if (window.width < 50 || window.height < 50) return
    viewport.resize(isAll() ? overview.draw(window) : drawNear(data, near, marked, stateOf, window))
    viewport.fit()
    if (isAll()) point()
  }
  const point = () => {
    overview.highlight(marked)
    overview.point(marked)
  }
  const turn = (view: 'all' | 'near') => {
    part('main').dataset.view = view
    for (const button of document.querySelectorAll('[data-mode]'))
      button.setAttribute('aria-pressed', String(button.getAttribute('data-mode') === view))
    all.classList.toggle('off', view !== 'all')
    near.classList.toggle('off', view !== 'near')
    show()
  }
  for (const button of document.querySelectorAll('[data-mode]'))
    button.addEventListener('click', () => turn(button.getAttribute('data-mode') === 'all' ? 'all' : 'near'))
  listenToEnlarge()
  svg.addEventListener('pointerover', (event) => {
    if (isAll()) overview.point(refAt(event.target) ?? marked)
  })
  part('main').classList.toggle('large', drawn.count > fewEnough)
  part('.drawn').textContent =
    `${drawn.count} of ${data.total} resources drawn${data.isGraph || drawn.count === data.total ? '' : ': the changes and their neighbors'}`
  part('.legend').replaceChildren(...legendOf(data, drawn, stateOf))
  turn((data.isGraph || drawn.count <= fewEnough) && drawn.count > 0 ? 'all' : 'near')
  return {
    mark(ref) {
      marked = ref
      if (!isAll()) return show()
      point()
      const box = ref === undefined ? undefined : overview.boxOf(ref)
      if (box) viewport.reveal(box.x + box.width / 2, box.y + box.height / 2)
    },
  }
}

/** The resource whose box an element belongs to. */
function refAt(target: EventTarget | null): number | undefined {
  const index = target instanceof Element ? target.closest('.node')?.getAttribute('data-index') : undefined
  return index ? Number(index) : undefined
}

/** The button that hides the list and the detail. */
function listenToEnlarge(): void {
  part('.enlarge').addEventListener('click', () => {
    const isEnlarged = part('main').classList.toggle('enlarged')
    part('.enlarge').setAttribute('aria-pressed', String(isEnlarged))
  })
}

/** Draws the neighborhood of a resource; nothing if none is marked. */
function drawNear(
  data: PageData,
  near: SVGGElement,
  marked: number | undefined,
  stateOf: StateOf,
  window: { readonly height: number },
) {
  near.replaceChildren()
  if (marked === undefined) return { width: 0, height: 0 }
  // As many rows as can be read.
  const most = Math.max(5, Math.min(size.most, Math.floor(window.height / 38)))
  const picture = nearOf(marked, data.needs, most)
  const colors = new globalThis.Map(data.colors)
  const widthOf = makeTextWidth()
  near.replaceChildren(
    ...picture.lines.map(({ path, type }) => s('path', { class: `line ${type}`, d: path })),
    ...picture.places.map(({ ref, x, y }) => card(data, ref, x, y, colors, stateOf(ref), ref === marked, widthOf)),
    ...picture.notes.map(({ text, x, y }) => s('text', { class: 'key', x: x - size.width / 2 + 8, y: y + 4 }, text)),
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
  widthOf: (text: string) => number,
): SVGElement {
  const { kind = '', key = '' } = data.refs[ref] ?? {}
  const label = fitting(key, size.width - 25, widthOf)
  const group = s('g', {
    class: `node${state ? ` ${state}` : ''}${middle ? ' hot' : ''}`,
    'data-ref': `${kind}/${key}`,
    'data-index': ref,
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
