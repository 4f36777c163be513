import type { PageData, State } from '../src/report/html/page-data.ts'
import { part, s } from './dom.ts'
import { nearOf, size } from './near.ts'
import { centred, fitted, type View, zoomed } from './view.ts'

export interface Map {
  /** Shows one resource: in the overview where it is, or its neighborhood. */
  mark(ref: number): void
}

/** The picture: moved by dragging and arrow keys, made larger by the wheel and +, chosen from by a click. */
export function makeMap(
  data: PageData,
  stateOf: (ref: number) => State | undefined,
  select: (ref: number) => void,
): Map {
  const svg = part<SVGSVGElement>('svg.graph')
  const [all, near] = [part<SVGGElement>('#all'), part<SVGGElement>('#near')]
  const names = new globalThis.Map(data.refs.map(({ kind, key }, index) => [`${kind}/${key}`, index]))
  const nodes = new globalThis.Map(
    [...all.querySelectorAll('.node')].map((node) => [names.get(node.getAttribute('data-ref') ?? '') ?? -1, node]),
  )
  const lines = [...all.querySelectorAll('.line')]
  const colors = new globalThis.Map(data.colors)
  let extent = { width: Number(svg.dataset.width), height: Number(svg.dataset.height) }
  let view: View = { x: 0, y: 0, k: 1 }
  let mode: 'all' | 'near' = nodes.size > 60 || nodes.size === 0 ? 'near' : 'all'
  let marked: number | undefined

  const look = (next: View) => {
    view = next
    for (const group of [all, near]) group.setAttribute('transform', `translate(${view.x} ${view.y}) scale(${view.k})`)
    svg.classList.toggle('far', view.k < 0.35)
  }
  const fitAll = () => look(fitted(extent.width, extent.height, svg.getBoundingClientRect()))
  const highlight = () => {
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
  }
  const drawNear = () => {
    if (marked === undefined) return near.replaceChildren()
    const picture = nearOf(marked, data.needs)
    extent = picture
    near.replaceChildren(
      ...picture.lines.map(({ path }) => s('path', { class: 'line', d: path })),
      ...picture.places.map(({ ref, x, y }) => card(data, ref, x, y, colors, stateOf(ref), ref === marked)),
      ...picture.notes.map(({ text, x, y }) => s('text', { class: 'kind', x: x - size.width / 2 + 8, y: y + 4 }, text)),
    )
  }
  const draw = () => {
    for (const button of document.querySelectorAll('[data-mode]'))
      button.setAttribute('aria-pressed', String(button.getAttribute('data-mode') === mode))
    all.classList.toggle('off', mode !== 'all')
    near.classList.toggle('off', mode !== 'near')
    if (mode === 'near') {
      drawNear()
      fitAll()
    } else {
      extent = { width: Number(svg.dataset.width), height: Number(svg.dataset.height) }
      highlight()
    }
  }
  const nodeAt = (event: Event) => {
    const name = (event.target as Element).closest('.node')?.getAttribute('data-ref') ?? undefined
    return name === undefined ? undefined : names.get(name)
  }
  drag(
    svg,
    (dx, dy) => look({ ...view, x: view.x + dx, y: view.y + dy }),
    (event) => {
      const ref = nodeAt(event)
      if (ref !== undefined) select(ref)
    },
  )
  svg.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      const box = svg.getBoundingClientRect()
      look(zoomed(view, Math.exp(-event.deltaY * 0.0015), event.clientX - box.left, event.clientY - box.top))
    },
    { passive: false },
  )
  const zoom = (factor: number) => {
    const { width, height } = svg.getBoundingClientRect()
    look(zoomed(view, factor, width / 2, height / 2))
  }
  const keys: Readonly<Record<string, () => void>> = {
    '+': () => zoom(1.25),
    '=': () => zoom(1.25),
    '-': () => zoom(0.8),
    0: fitAll,
    ArrowLeft: () => look({ ...view, x: view.x + 60 }),
    ArrowRight: () => look({ ...view, x: view.x - 60 }),
    ArrowUp: () => look({ ...view, y: view.y + 60 }),
    ArrowDown: () => look({ ...view, y: view.y - 60 }),
  }
  svg.addEventListener('keydown', (event) => {
    const act = keys[event.key]
    if (!act) return
    act()
    event.preventDefault()
  })
  part('[data-zoom="in"]').addEventListener('click', () => zoom(1.25))
  part('[data-zoom="out"]').addEventListener('click', () => zoom(0.8))
  part('[data-zoom="fit"]').addEventListener('click', fitAll)
  for (const button of document.querySelectorAll('[data-mode]'))
    button.addEventListener('click', () => {
      mode = button.getAttribute('data-mode') === 'all' ? 'all' : 'near'
      draw()
      fitAll()
    })
  new ResizeObserver(fitAll).observe(svg)
  draw()
  fitAll()
  return {
    mark(ref) {
      marked = ref
      draw()
      const node = nodes.get(ref)
      if (mode === 'all' && node) {
        const [x = 0, y = 0] = (node.getAttribute('transform')?.match(/-?[\d.]+/g) ?? []).map(Number)
        const box = svg.getBoundingClientRect()
        const [sx, sy] = [x * view.k + view.x, y * view.k + view.y]
        if (sx < 0 || sy < 0 || sx > box.width - 60 || sy > box.height - 20) look(centred(view, x + 80, y + 19, box))
      }
    },
  }
}

/** Tells how far the pointer was dragged, or that it was only clicked. */
function drag(svg: SVGSVGElement, move: (dx: number, dy: number) => void, click: (event: Event) => void): void {
  let from: { x: number; y: number; far: number; target: PointerEvent } | undefined
  svg.addEventListener('pointerdown', (event) => {
    from = { x: event.clientX, y: event.clientY, far: 0, target: event }
  })
  svg.addEventListener('pointermove', (event) => {
    if (!from || event.buttons === 0) return
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y]
    const far = from.far + Math.abs(dx) + Math.abs(dy)
    if (far > 4) {
      svg.setPointerCapture(event.pointerId)
      move(dx, dy)
    }
    from = { ...from, x: event.clientX, y: event.clientY, far }
  })
  svg.addEventListener('pointerup', (event) => {
    if (from && from.far <= 4) click(event)
    from = undefined
  })
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
