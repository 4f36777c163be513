import type { PageData, State } from '../src/report/html/page-data.ts'
import { h, s } from './dom.ts'
import type { Drawn } from './drawn.ts'

const states: readonly (readonly [State | 'same', string])[] = [
  ['create', 'to create'],
  ['update', 'to update'],
  ['delete', 'to delete'],
  ['blocked', 'not possible'],
  ['unknown', 'secrets not compared'],
  ['external', 'external'],
  ['same', 'unchanged'],
]
const statesOfDiff: Readonly<Record<string, string>> = { create: 'created', update: 'updated', delete: 'deleted' }
const lines = [
  ['field', 'needs'],
  ['token', 'needs, by ID'],
  ['name', 'needs, by name'],
  ['cycle', 'in a cycle'],
] as const

/** The entries of the legend: the marks that the overview or a neighborhood uses, and no others. */
export function legendOf(
  data: PageData,
  { layers, apart, edges }: Pick<Drawn, 'layers' | 'apart' | 'edges'>,
  stateOf: (ref: number) => State | undefined,
): HTMLElement[] {
  const found = new Set([...layers.flat(), ...apart].flatMap(({ refs }) => refs.map((ref) => stateOf(ref) ?? 'same')))
  const types = new Set(edges.map((index) => data.needs[index]?.[2] ?? 'field'))
  const boxes = states.filter(([state]) => found.has(state))
  return [
    ...boxes.map(([state, text]) =>
      h(
        'li',
        {},
        swatch(s('rect', { class: 'box', x: 1, y: 1, width: 18, height: 10, rx: 3 }), `node ${state}`),
        data.done ? (statesOfDiff[state] ?? text) : text,
      ),
    ),
    ...lines
      .filter(([type]) => types.has(type))
      .map(([type, text]) => h('li', {}, swatch(s('path', { class: `line ${type}`, d: 'M0 6H25' }), ''), text)),
  ]
}

function swatch(shape: SVGElement, name: string): SVGElement {
  return s(
    'svg',
    { class: 'swatch', width: shape.tagName === 'path' ? 28 : 20, height: 12, 'aria-hidden': 'true' },
    s('g', { class: name }, shape),
  )
}
