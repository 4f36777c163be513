import { visible } from '../../plain-text.ts'
import { splitRef } from '../../ref.ts'
import type { GraphReport } from '../model/report.ts'
import type { Reporter } from '../reporter.ts'
import { colorsOf } from './colors.ts'

const arrows = { field: '-->', token: '-.->', name: '-.->' } as const

/** The graph in the Mermaid language, which GitHub, GitLab and most wikis render. */
export const mermaid: Reporter<GraphReport> = ({ resources, edges }) => {
  const number = new Map(resources.map(({ ref }, index) => [ref, index]))
  const colors = [...colorsOf(resources.map(({ ref }) => splitRef(ref).kind))]
  const drawn = edges.filter(({ from, to }) => number.has(from) && number.has(to))
  const external = resources.flatMap(({ external }, index) => (external ? [`n${index}`] : []))
  const inCycle = drawn.flatMap(({ cycle }, index) => (cycle ? [index] : []))
  return [
    'flowchart LR',
    ...resources.map(({ ref }, index) => {
      const { kind, key } = splitRef(ref)
      return `  n${index}["${escaped(kind)}<br/>${escaped(key)}"]:::k${colors.findIndex(([name]) => name === kind)}`
    }),
    ...drawn.map(({ from, to, via }) => `  n${number.get(from)} ${arrows[via]} n${number.get(to)}`),
    ...colors.map(([, color], index) => `  classDef k${index} stroke:${color},stroke-width:2px`),
    ...(external.length > 0
      ? ['  classDef external stroke-dasharray:5 5', `  class ${external.join(',')} external`]
      : []),
    ...(inCycle.length > 0 ? [`  linkStyle ${inCycle.join(',')} stroke:#cf222e,stroke-width:2px`] : []),
    '',
  ].join('\n')
}

/** Escapes a label for Mermaid and HTML. */
function escaped(text: string): string {
  return visible(text).replace(/[^\p{L}\p{N} ._/:-]/gu, (char) => `#${char.codePointAt(0)};`)
}
