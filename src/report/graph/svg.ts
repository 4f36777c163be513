import { visible } from '../../plain-text.ts'
import type { Ref } from '../../ref.ts'
import type { GraphReport } from '../model/report.ts'
import type { Reporter } from '../reporter.ts'
import { colorsOf } from './colors.ts'
import { type Line, layoutGraph, type Node } from './layout.ts'
import { escapeMarkup } from './markup.ts'
import { nodeHeight } from './node.ts'

const margin = 16

/** The graph as an SVG picture. */
export const svg: Reporter<GraphReport> = async ({ resources, edges }) => {
  const picture = await layoutGraph(
    resources.map(({ ref }) => ref),
    edges,
  )
  const colors = colorsOf(picture.nodes.map(({ kind }) => kind))
  const external = new Set(resources.flatMap(({ ref, external }) => (external ? [ref] : [])))
  const [width, height] = [picture.width + 2 * margin, picture.height + 2 * margin]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="graph" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}">`,
    `<style>${graphStyle}</style>`,
    ...arrowMarkers,
    ...picture.lines.map(lineMarkup),
    ...picture.nodes.map((node) => nodeMarkup(node, colors.get(node.kind) ?? '', external.has(node.ref))),
    '</svg>\n',
  ].join('\n')
}

/** Arrowheads by type of arrow. */
export const arrowMarkers: readonly string[] = [
  '<defs>',
  ...['need', 'round', 'hot'].map(
    (name) =>
      `<marker id="${name}" class="${name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`,
  ),
  '</defs>',
]

function lineMarkup({ from, to, via, cycle, path }: Line): string {
  return `<path class="line ${via}${cycle ? ' cycle' : ''}" data-from="${named(from)}" data-to="${named(to)}" d="${path}"/>`
}

function nodeMarkup({ ref, kind, label, x, y, width }: Node, color: string, isExternal: boolean): string {
  const [left, top] = [x - width / 2, y - nodeHeight / 2]
  return [
    `<g class="node${isExternal ? ' external' : ''}" data-ref="${named(ref)}" transform="translate(${left} ${top})" role="button" tabindex="-1">`,
    `<title>${named(ref)}${isExternal ? ', external' : ''}</title>`,
    `<rect class="box" width="${width}" height="${nodeHeight}" rx="7"/>`,
    `<rect class="stripe" x="6" y="9" width="4" height="20" rx="2" fill="${color}"/>`,
    `<text class="kind" x="17" y="15">${escapeMarkup(kind)}</text>`,
    `<text class="key" x="17" y="29">${escapeMarkup(label)}</text>`,
    '</g>',
  ].join('')
}

function named(ref: Ref): string {
  return escapeMarkup(visible(ref))
}

/** Style of a graph, standalone and in a page; light and dark. */
export const graphStyle = `
.graph{--paper:#fff;--ink:#1c2430;--soft:#5b6675;--edge:#c3cad4;--line:#7b8797;--hot:#1f6feb;--round:#cf222e;--create:#1a7f37;--update:#9a6700;--delete:#cf222e;font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
@media (prefers-color-scheme:dark){.graph{--paper:#1a2029;--ink:#e6ebf2;--soft:#9aa7b8;--edge:#3a4453;--line:#6b7a8f;--hot:#6cb0ff;--round:#ff7b72;--create:#4ac26b;--update:#d9a521;--delete:#ff7b72}}
.graph .box{fill:var(--paper);stroke:var(--edge);stroke-width:1.2}
.graph .key{fill:var(--ink);font-size:12px;font-weight:600}
.graph .kind{fill:var(--soft);font-size:9.5px}
.graph .line{fill:none;stroke:var(--line);stroke-width:1.3;marker-end:url(#need)}
.graph .line.name{stroke-dasharray:2 4}
.graph .line.token{stroke-dasharray:6 3}
.graph .line.cycle{stroke:var(--round);stroke-width:2;marker-end:url(#round)}
.graph marker.need{fill:var(--line)}
.graph marker.round{fill:var(--round)}
.graph marker.hot{fill:var(--hot)}
.graph .node.create .box{stroke:var(--create);stroke-width:2}
.graph .node.update .box{stroke:var(--update);stroke-width:2}
.graph .node.external .box{stroke:var(--line);stroke-dasharray:3 3}
.graph .node.delete .box{stroke:var(--delete);stroke-width:2;stroke-dasharray:5 3}
`.trim()
