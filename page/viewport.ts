import { part } from './dom.ts'
import { centred, fitted, type View, zoomed } from './view.ts'

/** The visible part of the picture: moved by dragging and arrow keys, scaled by the wheel, + and - and buttons. */
export interface Viewport {
  /** Sets the size of the picture; `unit` is the height of its smallest box. */
  resize(picture: { readonly width: number; readonly height: number; readonly unit?: number }): void
  /** Shows all of the picture. */
  fit(): void
  /** Centers a point of the picture if it is not visible. */
  reveal(x: number, y: number): void
}

interface On {
  /** A click that does not end a drag. */
  readonly click: (event: Event) => void
  /** The window has another size. */
  readonly resized: () => void
}

/** The height of a box on the screen in which a name can be read. */
const readable = 13
/** The height of a box at the largest scale. */
const comfortable = 30

/** Creates a viewport that transforms the groups of a drawing. */
export function makeViewport(svg: SVGSVGElement, groups: readonly SVGGElement[], on: On): Viewport {
  let extent = { width: 0, height: 0, unit: 38 }
  let view: View = { x: 0, y: 0, k: 1 }
  const box = () => svg.getBoundingClientRect()
  const look = (next: View) => {
    view = next
    for (const group of groups) group.setAttribute('transform', `translate(${view.x} ${view.y}) scale(${view.k})`)
    svg.classList.toggle('far', view.k * extent.unit < readable)
    // Texts that keep their size on the screen.
    svg.style.setProperty('--zoom', String(view.k))
  }
  const fit = () => look(fitted(extent.width, extent.height, box()))
  const zoom = (factor: number, x = box().width / 2, y = box().height / 2) =>
    look(zoomed(view, factor, x, y, Math.max(3, comfortable / extent.unit)))
  const shift = (dx: number, dy: number) => look({ ...view, x: view.x + dx, y: view.y + dy })
  drag(svg, shift, on.click)
  listenToWheel(svg, zoom)
  listenToKeys(svg, { zoom, shift, fit })
  part('[data-zoom="in"]').addEventListener('click', () => zoom(1.25))
  part('[data-zoom="out"]').addEventListener('click', () => zoom(0.8))
  part('[data-zoom="fit"]').addEventListener('click', fit)
  new ResizeObserver(on.resized).observe(svg)
  return {
    resize({ width, height, unit = 38 }) {
      extent = { width, height, unit }
    },
    fit,
    reveal(x, y) {
      const { width, height } = box()
      const [left, top] = [x * view.k + view.x, y * view.k + view.y]
      if (left < 20 || top < 10 || left > width - 20 || top > height - 10) look(centred(view, x, y, box()))
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
