/*
 * Takes the screenshots of the HTML report in docs/images/ with the local Chromium, from the fixed inputs of the
 * tests: `npx tsx scripts/screenshots.ts`. Run it after a visible change of the page.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reporters } from '../src/report/index.ts'
import type { PlanReport } from '../src/report/model/report.ts'
import { styleFor } from '../src/report/text/style.ts'
import { nasty, planReport } from '../test/report/fixture.ts'
import { startBrowser } from '../test/support/chromium.ts'

/** The report of the tests, without the resource whose name tests escaping. */
function presentable(): PlanReport {
  const report = planReport(true)
  const changes = report.changes.filter(({ ref }) => !ref.includes(nasty))
  const less = report.changes.length - changes.length
  return { ...report, changes, counts: { ...report.counts, create: report.counts.create - less } }
}

const html = await reporters.html()
const file = join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-pictures-')), 'plan.html')
writeFileSync(file, await html(presentable(), { style: styleFor(false), width: 100 }))
mkdirSync('docs/images', { recursive: true })
const browser = await startBrowser()
for (const [name, colorScheme, width] of [
  ['report-light', 'light', 1280],
  ['report-dark', 'dark', 1280],
] as const) {
  const page = await browser.newPage({ viewport: { width, height: 860 }, colorScheme })
  await page.goto(`file://${file}`)
  await page.click('.row:has-text("etl/nightly")')
  if (colorScheme === 'light') await page.click('.row:has-text("report/weekly") input')
  await page.screenshot({ path: `docs/images/${name}.png` })
  await page.close()
}
await browser.close()
