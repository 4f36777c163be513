import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { reporters } from '../src/report/index.ts'
import type { Report } from '../src/report/model/report.ts'
import { styleFor } from '../src/report/text/style.ts'
import { workspaceGraph, workspacePlan } from '../test/report/workspace.ts'
import { noBrowser, startBrowser } from '../test/support/chromium.ts'
import { type Bench, judged, median, plain, type Row } from './bench.ts'
import { inDirectory } from './servers.ts'

/** The HTML page: how long a browser is busy when it opens, when the overview is drawn again, and before it prints. */
export const page: Bench = {
  name: 'page',
  about: 'the HTML page of workspaces with 300 and 2,000 resources in Chromium',
  async run({ small, say }) {
    if (noBrowser) throw new Error(noBrowser)
    const sizes = small ? [100] : [300, 2000]
    const browser = await startBrowser()
    try {
      return await inDirectory(async (dir) => {
        const rows: Row[] = []
        for (const size of sizes) {
          say(`${size} resources`)
          const graph = await measured(browser, dir, workspaceGraph(size), small ? 1 : 7)
          const plan = await measured(browser, dir, workspacePlan(size, true), small ? 1 : 7)
          rows.push(
            plain(`${size} resources: size of the page`, `${Math.round(graph.bytes / 1000)} kB`),
            judged(`${size} resources: graph is open`, graph.open, { most: 2000 }, ' ms'),
            judged(`${size} resources: longest task while it opens`, graph.task, { most: 1000 }, ' ms'),
            judged(`${size} resources: overview is enlarged`, graph.enlarge, { most: 1000 }, ' ms'),
            judged(`${size} creates: plan is open`, plan.open, { most: 2000 }, ' ms'),
            judged(`${size} creates: print view is there`, plan.print, { most: 2000 }, ' ms'),
          )
        }
        return rows
      })
    } finally {
      await browser.close()
    }
  },
}

interface Times {
  readonly open: number
  /** The longest time in which the page cannot react. */
  readonly task: number
  readonly enlarge: number
  readonly print: number
}

/** Observes tasks of more than 50 ms. */
const observeTasks = `window.longest = 0
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration)
}).observe({ type: 'longtask', buffered: true })`
/** The milliseconds from an action until the next two frames are drawn. */
const until = (action: string) => `new Promise((done) => {
  const begun = performance.now()
  ${action}
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)))
})`
/** The milliseconds from the start of the navigation until the page is drawn. */
const opened = `new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))`

async function measured(
  browser: Browser,
  dir: string,
  report: Report,
  rounds: number,
): Promise<Times & { readonly bytes: number }> {
  const html = await reporters.html()
  const text = await html(report, { style: styleFor(false), width: 100 })
  const file = join(dir, 'report.html')
  writeFileSync(file, text)
  const all: Times[] = []
  for (let round = 0; round < rounds; round++) {
    const tab = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    await tab.addInitScript(observeTasks)
    await tab.goto(`file://${file}`)
    const open = await tab.evaluate<number>(opened)
    const task = await tab.evaluate<number>('window.longest')
    const enlarge = await tab.evaluate<number>(until("document.querySelector('.enlarge').click()"))
    const print = await tab.evaluate<number>(until("dispatchEvent(new Event('beforeprint'))"))
    all.push({ open, task, enlarge, print })
    await tab.close()
  }
  const of = (name: keyof Times) => median(all.map((times) => times[name]))
  return { bytes: text.length, open: of('open'), task: of('task'), enlarge: of('enlarge'), print: of('print') }
}
