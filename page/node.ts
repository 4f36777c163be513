import type { PageData, State } from '../src/report/html/page-data.ts'
import { s } from './dom.ts'
import type { Box } from './frames.ts'
import { readable, type Size } from './stack.ts'
import { fitting } from './text-width.ts'

const signs: Readonly<Partial<Record<State, string>>> = { create: '+ ', update: '~ ', delete: '− ', blocked: '× ' }

function isTiny(height: number): boolean {
  return height < readable - 3.5
}

/** The size of the text in a box of this height. */
function fontIn(height: number): number {
  return Math.min(12, height * (isTiny(height) ? 0.5 : 0.7))
}

/** A resource in the overview. Its text is hidden while it is too small to be read. */
export function nodeOf(
  data: PageData,
  { ref, x, y, width, height }: Box,
  colors: ReadonlyMap<string, string>,
  state: State | undefined,
  widthOf: (text: string) => number,
): SVGElement {
  const { kind = '', key = '' } = data.refs[ref] ?? {}
  const font = fontIn(height)
  const sign = (state && signs[state]) ?? ''
  const label = fitting(sign + key, ((width - 1.2 * font) * 12) / font, widthOf)
  const isSmall = isTiny(height)
  const text = s('text', { class: 'key', x: font * 0.6, y: height / 2 + font * 0.36 }, label)
  text.style.fontSize = `${font}px`
  const node = s(
    'g',
    {
      class: `node ${state ?? 'same'}${isSmall ? ' small' : label === sign + key ? ' whole' : ''}`,
      'data-ref': `${kind}/${key}`,
      'data-index': ref,
      transform: `translate(${x} ${y})`,
      role: 'button',
      tabindex: '-1',
    },
    s('title', {}, `${kind}/${key}${state === 'external' ? ', external' : ''}`),
    s('rect', { class: 'box', width, height, rx: Math.min(4, height / 4) }),
    text,
  )
  node.style.setProperty('--kind', colors.get(kind) ?? '')
  return node
}

/** A name in the size of the window's text, below a box; above it at the bottom of the picture. */
export function calloutOf(
  { x, y, width, height }: Box,
  label: string,
  total: Size,
  widthOf: (text: string) => number,
): SVGElement {
  const isRight = x + width / 2 > total.width / 2
  const isAbove = y + height + 30 > total.height
  const [wide, high] = [Math.ceil(widthOf(label)) + 14, 20]
  const left = isRight ? -wide : 0
  const top = isAbove ? -high - 4 : 4
  return s(
    'g',
    { transform: `translate(${isRight ? x + width : x} ${isAbove ? y : y + height})` },
    s(
      'g',
      { class: 'callout' },
      s('rect', { x: left, y: top, width: wide, height: high, rx: 4 }),
      s('text', { x: left + 7, y: top + 14 }, label),
    ),
  )
}
