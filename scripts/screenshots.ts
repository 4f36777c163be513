/*
 * Takes the screenshots of the HTML report in docs/images/ with the local Chromium, from the fixed inputs of the
 * tests: `npx tsx scripts/screenshots.ts`. Run it after a visible change of the page.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reporters } from '../src/report/index.ts'
import type { PlanReport, Report } from '../src/report/model/report.ts'
import { styleFor } from '../src/report/text/style.ts'
import { nasty, planReport } from '../test/report/fixture.ts'
import { workspaceGraph } from '../test/report/workspace.ts'
import { startBrowser } from '../test/support/chromium.ts'

/** The report of the tests, without the resource whose name tests escaping. */
function presentable(): PlanReport {
  const report = planReport(true)
  const changes = report.changes.filter(({ ref }) => !ref.includes(nasty))
  const less = report.changes.length - changes.length
  return { ...report, changes, counts: { ...report.counts, create: report.counts.create - less } }
}

const html = await reporters.html()
const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-pictures-'))
const write = async (name: string, report: Report) => {
  const file = join(folder, `${name}.html`)
  writeFileSync(file, await html(report, { style: styleFor(false), width: 100 }))
  return `file://${file}`
}
const plan = await write('plan', presentable())
const graph = await write('graph', workspaceGraph(2000))
mkdirSync('docs/images', { recursive: true })
const browser = await startBrowser()
for (const [name, url, colorScheme] of [
  ['report-light', `${plan}#deployment/etl/nightly`, 'light'],
  ['report-dark', `${plan}#deployment/etl/nightly`, 'dark'],
  ['report-overview', graph, 'light'],
] as const) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme })
  await page.goto(url)
  if (name === 'report-light') await page.click('.row:has-text("report/weekly") input')
  if (url === graph) await page.click('.enlarge')
  await page.screenshot({ path: `docs/images/${name}.png` })
  await page.close()
}
await browser.close()
