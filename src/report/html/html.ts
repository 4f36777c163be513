import { createHash } from 'node:crypto'
import { escapeMarkup } from '../graph/markup.ts'
import { arrowMarkers, graphStyle } from '../graph/svg.ts'
import type { Report } from '../model/report.ts'
import type { Reporter } from '../reporter.ts'
import { styleFor } from '../text/style.ts'
import { text } from '../text/text.ts'
import { buildPageData } from './build-page-data.ts'
import { style as pageStyle, script } from './bundle.ts'
import { headMarkup, issuesMarkup, titleOf } from './head.ts'

/**
 * A self-contained page for reviewers. It fetches nothing and runs only its own script: the Content-Security-Policy in
 * its head names the script and the style by their hashes. All content of a snapshot is escaped.
 */
export const html: Reporter = async (report) => {
  const style = `${graphStyle}\n${pageStyle}`
  const data = buildPageData(report)
  const plain = await text(report, { style: styleFor(false), width: 100 })
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy(style)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeMarkup(titleOf(report))}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    headMarkup(report),
    issuesMarkup(report.issues),
    body(report),
    `<noscript><pre>${escapeMarkup(plain.slice(0, 400_000))}</pre></noscript>`,
    `<script type="application/json" id="data">${embedded(data)}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>\n',
  ].join('\n')
}

function policy(style: string): string {
  const hash = (source: string) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`
  return `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`
}

/** Serializes JSON for a script element: `<`, `>` and `&` are escaped, so that no content can end the element. */
function embedded(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function body(report: Report): string {
  const isPlan = 'changes' in report
  if (!isPlan && report.schema !== 'prefect-snapshot/graph') return '<main></main>'
  const what = isPlan ? 'changes' : 'resources'
  return `<nav class="tabs" aria-label="Parts of the page"><button data-tab="list" aria-pressed="true">${isPlan ? 'Changes' : 'Resources'}</button><button data-tab="detail" aria-pressed="false">Detail</button><button data-tab="map" aria-pressed="false">Graph</button></nav>
<main data-tab="list" data-view="near">
<section class="list" aria-label="${what}">
<div class="tools"><input type="search" id="search" placeholder="Search names, fields and values  ( / )" aria-label="Search ${what}" autocomplete="off" spellcheck="false"><select id="kind" aria-label="Kind"></select><div class="chips" role="group" aria-label="Filter"></div><p class="found" role="status"></p><button class="every" hidden></button></div>
<div class="rows" role="grid" aria-label="${what}"></div>
</section>
<section class="detail" id="detail" aria-label="Detail" tabindex="0"></section>
<section class="map" aria-label="Graph">
<div class="tools"><div class="mode" role="group" aria-label="View"><button data-mode="near" aria-pressed="false">Around the selected</button><button data-mode="all" aria-pressed="false">Overview</button></div><span class="drawn"></span><div class="zoom" role="group" aria-label="Zoom"><button data-zoom="out" aria-label="Zoom out">−</button><button data-zoom="in" aria-label="Zoom in">+</button><button data-zoom="fit">Fit</button><button class="enlarge" aria-pressed="false">Enlarge</button></div></div>
<svg class="graph" role="group" aria-label="Dependency graph: arrows lead from a resource to what it needs" tabindex="0">${arrowMarkers.join('')}<g id="all"></g><g id="near"></g></svg>
<ul class="legend graph" aria-label="Legend"></ul>
</section>
</main>
<footer hidden><span class="ticked" role="status"></span><input readonly class="command" aria-label="Command that applies the selected changes"><button class="copy">Copy</button><button class="none">Deselect all</button></footer>`
}
