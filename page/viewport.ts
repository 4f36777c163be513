import { part } from './dom.ts'
import { centred, fitted, type View, zoomed } from './view.ts'

/** The visible part of the picture: moved by dragging and arrow keys, scaled by the wheel, + and - and buttons. */
export interface Viewport {
  /** Sets the size of the picture. */
  resize(picture: { readonly width: number; readonly height: number }): void
  /** Shows all of the picture. */
  fit(): void
  /** Centers a point of the picture if it is not visible. */
  reveal(x: number, y: number): void
}

/** Creates a viewport that transforms the groups of a drawing. `click` receives clicks that do not end a drag. */
export function makeViewport(
  svg: SVGSVGElement,
  groups: readonly SVGGElement[],
  click: (event: Event) => void,
): Viewport {
  let extent = { width: 0, height: 0 }
  let view: View = { x: 0, y: 0, k: 1 }
  const box = () => svg.getBoundingClientRect()
  const look = (next: View) => {
    view = next
    for (const group of groups) group.setAttribute('transform', `translate(${view.x} ${view.y}) scale(${view.k})`)
    svg.classList.toggle('far', view.k < 0.35)
  }
  const fit = () => look(fitted(extent.width, extent.height, box()))
  const zoom = (factor: number, x = box().width / 2, y = box().height / 2) => look(zoomed(view, factor, x, y))
  const shift = (dx: number, dy: number) => look({ ...view, x: view.x + dx, y: view.y + dy })
  drag(svg, shift, click)
  listenToWheel(svg, zoom)
  listenToKeys(svg, { zoom, shift, fit })
  part('[data-zoom="in"]').addEventListener('click', () => zoom(1.25))
  part('[data-zoom="out"]').addEventListener('click', () => zoom(0.8))
  part('[data-zoom="fit"]').addEventListener('click', fit)
  new ResizeObserver(fit).observe(svg)
  return {
    resize({ width, height }) {
      extent = { width, height }
    },
    fit,
    reveal(x, y) {
      const { width, height } = box()
      const [left, top] = [x * view.k + view.x, y * view.k + view.y]
      if (left < 0 || top < 0 || left > width - 60 || top > height - 20) look(centred(view, x + 80, y + 19, box()))
    },
  }
}

type Zoom = (factor: number, x?: number, y?: number) => void

function listenToWheel(svg: SVGSVGElement, zoom: Zoom): void {
  svg.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      const { left, top } = svg.getBoundingClientRect()
      zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - left, event.clientY - top)
    },
    { passive: false },
  )
}

function listenToKeys(
  svg: SVGSVGElement,
  on: { readonly zoom: Zoom; readonly shift: (dx: number, dy: number) => void; readonly fit: () => void },
): void {
  const keys: Readonly<Record<string, () => void>> = {
    '+': () => on.zoom(1.25),
    '=': () => on.zoom(1.25),
    '-': () => on.zoom(0.8),
    0: on.fit,
    ArrowLeft: () => on.shift(60, 0),
    ArrowRight: () => on.shift(-60, 0),
    ArrowUp: () => on.shift(0, 60),
    ArrowDown: () => on.shift(0, -60),
  }
  svg.addEventListener('keydown', (event) => {
    const act = keys[event.key]
    if (!act) return
    act()
    event.preventDefault()
  })
}

/** Calls `move` while the pointer is dragged, and `click` if it was only clicked. */
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
