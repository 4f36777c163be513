import { visible } from '../../plain-text.ts'
import { splitRef } from '../../ref.ts'
import type { GraphReport } from '../model/report.ts'
import type { Reporter } from '../reporter.ts'
import { colorsOf } from './colors.ts'

const styles = { field: 'solid', token: 'dashed', name: 'dotted' } as const

/** The graph in the DOT language of Graphviz. */
export const dot: Reporter<GraphReport> = ({ resources, edges }) => {
  const colors = colorsOf(resources.map(({ ref }) => splitRef(ref).kind))
  return [
    'digraph snapshot {',
    '  rankdir=LR',
    '  node [shape=box, style="rounded", fontname="sans-serif", fontsize=11]',
    '  edge [color="#98a3b3"]',
    ...resources.map(({ ref, external }) => {
      const { kind, key } = splitRef(ref)
      return `  ${quoted(ref)} [label=${quoted(kind, key)}, color="${colors.get(kind)}"${external ? ', style="rounded,dashed"' : ''}]`
    }),
    ...edges.map(({ from, to, via, cycle }) => {
      const inCycle = cycle ? ', color="#cf222e", penwidth=2' : ''
      return `  ${quoted(from)} -> ${quoted(to)} [style=${styles[via]}${inCycle}]`
    }),
    '}\n',
  ].join('\n')
}

/** A quoted DOT string with one line per text. DOT interprets entities and backslashes, so they are escaped. */
function quoted(...lines: readonly string[]): string {
  const text = lines.map((line) =>
    visible(line).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;'),
  )
  return `"${text.join('\\n')}"`
}
