import { createHash } from 'node:crypto'
import { plural } from '../../plain-text.ts'
import { escapeMarkup } from '../graph/markup.ts'
import type { ComparedDeployment, MigrateCompareReport } from '../model/compare-reports.ts'
import { figuresText, reasonsIn, slotsText } from '../text/migrate-compare-text.ts'
import { style as pageStyle } from './bundle.ts'

/* The table is plain, and the page has no script. */
const tableStyle = `
body { display: block; overflow: auto; height: auto; }
header, section { padding: 1rem 1.5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.8rem 0.4rem 0; border-bottom: 1px solid var(--edge); }
th ul { margin: 0; padding-left: 1.1rem; }
th small { color: var(--soft); font-weight: normal; }
th ul { font-weight: normal; }`

/** A self-contained page of a comparison for reviewers: differences first. It fetches nothing and runs nothing. */
export function comparePage(report: MigrateCompareReport): string {
  const style = `${pageStyle}${tableStyle}`
  const hash = createHash('sha256').update(style).digest('base64')
  const title = `Runs of ${report.wave} on both sides`
  const differing = report.deployments.filter(({ differences }) => differences.length > 0)
  const alike = report.deployments.filter(({ differences }) => differences.length === 0)
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeMarkup(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<header><h1>${escapeMarkup(title)}</h1>`,
    `<p>${escapeMarkup(sidesText(report))}</p>`,
    `<p>${plural(differing.length, 'deployment')} with differences, ${alike.length} alike</p></header>`,
    tableOf('Differences', differing),
    tableOf('Alike', alike),
    ...reasonsIn(report.skipped).map(
      ([reason, refs]) =>
        `<section><p>Not compared, because ${escapeMarkup(reason)}: ${refs.map(escapeMarkup).join(', ')}</p></section>`,
    ),
    '</body>',
    '</html>\n',
  ].join('\n')
}

function sidesText({ from, to, since, until }: MigrateCompareReport): string {
  const side = ({ profile, url, version }: MigrateCompareReport['from']) => `${profile ?? url} (Prefect ${version})`
  return `${side(from)} and ${side(to)}, runs due ${since} to ${until}`
}

function tableOf(title: string, deployments: readonly ComparedDeployment[]): string {
  if (deployments.length === 0) return ''
  const rows = deployments.map((one) => {
    const differences = one.differences.map(
      ({ about, text }) => `<li><strong>${about}</strong>: ${escapeMarkup(text)}</li>`,
    )
    const list = differences.length > 0 ? `<ul>${differences.join('')}</ul>` : ''
    return `<tr><th scope="row">${escapeMarkup(one.ref)}<br><small>${escapeMarkup(slotsText(one).trim())}</small>${list}</th><td>${escapeMarkup(figuresText(one.old))}</td><td>${escapeMarkup(figuresText(one.new))}</td></tr>`
  })
  return `<section><h2>${title}</h2><table><thead><tr><th scope="col">Deployment</th><th scope="col">Old side</th><th scope="col">New side</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></section>`
}
