import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { reporters } from '../../src/report/index.ts'
import type { FieldReport } from '../../src/report/model/change-report.ts'
import type { Report } from '../../src/report/model/report.ts'
import { styleFor } from '../../src/report/text/style.ts'
import { applyReport, bigReport, graphReport, nasty, notComparedReport, planReport } from '../report/fixture.ts'
import { workspaceGraph, workspacePlan } from '../report/workspace.ts'
import { noBrowser, startBrowser } from '../support/chromium.ts'

if (noBrowser) console.warn(`The HTML report is not tested in a browser: ${noBrowser}`)

const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-html-'))
const wide = { width: 1400, height: 900 }
const narrow = { width: 400, height: 800 }

describe.skipIf(noBrowser)('the HTML report in Chromium', () => {
  let browser: Browser
  let page: Page
  const wrong: string[] = []
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.close())
  afterEach(async () => {
    await page?.close()
    expect(wrong.splice(0)).toEqual([])
  })

  const write = async (report: Report, name: string, change = (text: string) => text) => {
    const html = await reporters.html()
    const file = join(folder, `${name}.html`)
    writeFileSync(file, change(await html(report, { style: styleFor(false), width: 100 })))
    return `file://${file}`
  }
  const open = async (url: string, { viewport = wide, colorScheme = 'light' as 'light' | 'dark' } = {}) => {
    page = await browser.newPage({ viewport, colorScheme })
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
    page.on('pageerror', (error) => wrong.push(String(error)))
    page.on('request', (request) => request.url() !== url.replace(/#.*/, '') && wrong.push(`fetched ${request.url()}`))
    // The functions that the names in the fixture try to call.
    await page.addInitScript('window.hacked = () => { window.wasHacked = true }')
    await page.goto(url)
    return page
  }
  const rows = () => page.locator('.row b').allTextContents()
  const heading = () => page.locator('#detail h2').textContent()
  const fragment = () => page.evaluate<string>('location.hash')

  it('filters by search, kind and chips', async () => {
    await open(await write(planReport(true), 'plan'))
    await expect.poll(() => rows()).toHaveLength(11)
    await page.fill('#search', 'zstd')
    await expect.poll(() => rows()).toEqual(['etl/nightly'])
    await expect.poll(() => page.textContent('.found')).toBe('1 of 11')
    await page.fill('#search', 'flow/report')
    await expect.poll(() => rows()).toEqual(['report', 'report/weekly'])
    await page.fill('#search', '')
    await page.selectOption('#kind', 'automation')
    await expect.poll(() => rows()).toEqual(['chain', 'guard'])
    await page.selectOption('#kind', '')
    await page.click('[data-trait=delete]')
    await expect.poll(() => rows()).toEqual(['old_flag'])
    await page.click('[data-trait=update]')
    await expect.poll(() => rows()).toEqual(['k8s', 'etl/nightly', 'old_flag'])
    await page.fill('#search', 'nothing has this')
    await expect.poll(() => rows()).toEqual([])
  })

  it('shows a change side by side, with links to its dependencies', async () => {
    await open(await write(planReport(true), 'plan'))
    await page.click('.row:has-text("etl/nightly")')
    await expect.poll(() => heading()).toBe('etl/nightly')
    const cron = page.locator('tr:has(th:text-is("schedules[daily].cron")) td')
    await expect.poll(() => cron.allTextContents()).toEqual(['"0 2 * * *"', '"30 2 * * *"'])
    await expect.poll(() => page.locator('.lines td.before').allTextContents()).toEqual(['Runs at noon.'])
    await expect.poll(() => page.locator('.lines td.after').allTextContents()).toEqual(['Runs at night.'])
    await expect.poll(() => page.textContent('.remark')).toContain('scheduled runs')
    await page.click('.links a:has-text("etl_bucket")')
    await expect.poll(() => heading()).toBe('etl_bucket')
    await expect.poll(() => page.textContent('.row[aria-selected=true] b')).toBe('etl_bucket')
    await expect.poll(() => page.locator('.links a').allTextContents()).toEqual(['deploymentetl/nightly'])
  })

  it('opens with the resource that its address names, and names the selected one there', async () => {
    const url = await write(planReport(true), 'plan')
    await open(`${url}#deployment/report/weekly`)
    await expect.poll(() => heading()).toBe('report/weekly')
    await expect.poll(() => page.textContent('.row[aria-selected=true] b')).toBe('report/weekly')
    await page.click('.links a:has-text("k8s/default")')
    await page.locator('#detail h2:text-is("k8s/default")').waitFor()
    await expect.poll(() => fragment()).toBe('#work-queue/k8s/default')
    await page.goBack()
    await page.locator('#detail h2:text-is("report/weekly")').waitFor()
    await page.click('.row:has-text("onerror")')
    await expect.poll(fragment).toMatch(/^#saved-search\/%3C\//)
    const shared = await page.evaluate<string>('location.href')
    await page.close()
    await open(shared)
    await expect.poll(() => page.textContent('.row[aria-selected=true] small i')).toBe('saved-search')
    await page.evaluate("location.hash = '#flow/etl'")
    await page.locator('#detail .verb:text-is("is unchanged")').waitFor()
    await page.evaluate("location.hash = '#flow/of%20another%20plan'")
    await page.locator('.remark:has-text("flow/of another plan is not on this page")').waitFor()
  })

  it('opens with the first thing worth looking at', async () => {
    await open(await write(planReport(true), 'plan'))
    expect([await heading(), await page.textContent('.remark.bad')]).toEqual(['k8s', expect.stringMatching('stays')])
    await page.close()
    await open(await write(graphReport(), 'graph'))
    await expect.poll(() => heading()).toBe('chain')
    await expect.poll(() => page.locator('#all').isVisible()).toBe(true)
  })

  it('selects what the search shows', async () => {
    await open(await write(planReport(true), 'plan'))
    const selected = () => page.locator('.row[aria-selected=true] b').allTextContents()
    await page.fill('#search', 'flow/report')
    expect([await heading(), await selected(), await page.locator('#near .node.hot').count()]).toEqual([
      'report',
      ['report'],
      0,
    ])
    await expect.poll(() => page.getAttribute('#all .node.hot', 'data-ref')).toBe('flow/report')
    await page.click('.every:text-is("Select these 2")')
    await expect.poll(() => page.textContent('.ticked')).toBe('2 of 11 selected')
    await page.focus('#search')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => heading()).toBe('report/weekly')
    await page.fill('#search', 'weekly')
    await expect.poll(() => heading()).toBe('report/weekly')
    await page.fill('#search', 'nothing has this')
    await expect.poll(() => page.textContent('#detail')).toBe('No row matches the search and the filters.')
    await page.focus('#search')
    await page.keyboard.press('Escape')
    expect([await page.inputValue('#search'), (await rows()).length]).toEqual(['', 11])
    await page.click('.every:text-is("Select all")')
    await expect.poll(() => page.textContent('.ticked')).toBe('11 of 11 selected')
  })

  it('prints every change with its values, whatever the list shows', async () => {
    const report = workspacePlan(300)
    await open(await write(report, 'workspace'), { colorScheme: 'dark' })
    await page.fill('#search', 'nothing has this')
    await page.emulateMedia({ media: 'print' })
    const articles = page.locator('.print article')
    await articles.last().waitFor()
    await expect.poll(() => articles.count()).toBe(report.changes.length)
    await expect.poll(() => page.locator('details:not([open])').count()).toBe(0)
    const update = articles.filter({ hasText: 'platform_customers_22' }).first()
    await expect.poll(() => update.locator('td pre').allTextContents()).toEqual(['"v1.22"', '"v2.22"'])
    await expect.poll(() => page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)')
    await expect
      .poll(() => page.evaluate('getComputedStyle(document.querySelector(".print h2")).color'))
      .toBe('rgb(28, 36, 48)')
    await page.emulateMedia({ media: null })
    await articles.first().waitFor({ state: 'detached' })
    const pages = (await page.pdf()).toString('latin1').match(/\/Type \/Page\b/g) ?? []
    expect(pages.length).toBeGreaterThan(4)
  })

  it('has no empty row on a phone', async () => {
    const report = planReport(true)
    // A line that only one side has.
    const twice = (field: FieldReport) =>
      field.path === 'description' ? { ...field, after: `${field.after}Twice.` } : field
    const changes = report.changes.map((change) => ({ ...change, fields: change.fields.map(twice) }))
    await open(await write({ ...report, changes }, 'phone'), { viewport: narrow })
    const empty = () =>
      page.evaluate<string[]>(`[...document.querySelectorAll('dl div, dt, dd, li, p, .row, tr, td, th, .chips')]
        .filter((part) => part.checkVisibility({ visibilityProperty: true }) && ['', '—'].includes(part.innerText.trim()))
        .map((part) => part.outerHTML)`)
    const places = await page.evaluate<{ term: number; value: number }[]>(
      `[...document.querySelectorAll('dl div')].filter((line) => line.checkVisibility()).map((line) => ({
        term: line.children[0].getClientRects()[0].top, value: line.children[1].getClientRects()[0].top }))`,
    )
    expect(places.length).toBeGreaterThan(1)
    for (const { term, value } of places) expect(Math.abs(term - value)).toBeLessThan(4)
    await expect.poll(() => page.isVisible('#detail')).toBe(false)
    for (let index = 0; index < 11; index++) {
      await page.click('[data-tab=list]')
      await page.click(`.row[data-index="${index}"] .name`)
      // The page draws after the click has returned.
      await page.locator('#detail').waitFor({ state: 'visible' })
      await expect.poll(() => empty()).toEqual([])
    }
    await page.click('[data-tab=list]')
    await page.evaluate("location.hash = '#deployment/etl/nightly'")
    await page.locator('#detail table.lines').waitFor({ state: 'visible' })
    const lines = await page.evaluate<string[]>(
      "[...document.querySelectorAll('table.lines tr')].map((line) => line.innerText)",
    )
    expect(lines).toEqual(['Loads the raw data.', 'Runs at noon.\nRuns at night.', 'See the handbook.', 'Twice.'])
  })

  it.each([300, 2000])('shows an overview of %d resources with titles, edges and a legend', async (size) => {
    const report = workspaceGraph(size)
    await open(await write(report, `graph-${size}`))
    const { drawn, titles, lines, legend, callout, beyond } = await page.evaluate<{
      drawn: string
      titles: string[]
      lines: string
      legend: string[]
      callout: string
      beyond: number
    }>(`(() => {
      const texts = (selector) => [...document.querySelectorAll(selector)].map((part) => part.textContent)
      const window = document.querySelector('svg.graph').getBoundingClientRect()
      const isBeyond = (box) => box.left < window.left || box.right > window.right || box.bottom > window.bottom
      return {
        drawn: texts('.drawn').join(), titles: texts('#all .title'), legend: texts('.legend li'),
        callout: texts('#all .callout').join(),
        lines: [...document.querySelectorAll('#all .edges .line')].map((line) => line.getAttribute('d')).join(''),
        beyond: [...document.querySelectorAll('#all .frame, #all .node')].map((part) => part.getBoundingClientRect()).filter(isBeyond).length,
      }
    })()`)
    const all = report.resources.length
    expect(drawn).toBe(`${all} of ${all} resources drawn`)
    for (const kind of new Set(report.resources.map(({ ref }) => ref.split('/')[0])))
      expect(titles).toContainEqual(expect.stringMatching(`^■ ${kind} \\d+$`))
    const counts = titles.map((title) => Number(/\d+$/.exec(title)?.[0] ?? 0))
    expect(counts.reduce((sum, count) => sum + count)).toBe(all)
    expect(titles).toContain('Not connected')
    expect(lines.match(/M/g)).toHaveLength(report.edges.length)
    expect(legend).toEqual(['needs', 'needs, by ID', 'needs, by name'])
    expect([callout, beyond]).toEqual(['k8s-prod/default', 0])
    const height = async () => (await page.locator('svg.graph').boundingBox())?.height ?? 0
    const before = await height()
    await page.click('.enlarge')
    await expect.poll(() => height()).toBeGreaterThan(before)
  })

  it('handles clicks on the graph, which can be panned and zoomed', async () => {
    await open(await write(planReport(true), 'plan'))
    await page.click('#all .node[data-ref="deployment/report/weekly"]')
    await expect.poll(() => heading()).toBe('report/weekly')
    await expect.poll(() => page.locator('#all .line.hot').count()).toBe(3)
    await page.click('#all .node[data-ref="flow/etl"]')
    expect([await heading(), await page.textContent('.verb')]).toEqual(['etl', 'is unchanged'])
    const place = () => page.getAttribute('#all', 'transform')
    const before = await place()
    await page.click('[data-zoom=in]')
    const zoomed = await place()
    expect(zoomed).not.toBe(before)
    await page.focus('svg.graph')
    await page.keyboard.press('ArrowLeft')
    const moved = await place()
    expect(moved).not.toBe(zoomed)
    const box = await page.locator('svg.graph').boundingBox()
    const [x, y] = [(box?.x ?? 0) + 20, (box?.y ?? 0) + (box?.height ?? 0) - 20]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 80, y - 30, { steps: 4 })
    await page.mouse.up()
    await expect.poll(() => place()).not.toBe(moved)
    await page.keyboard.press('0')
    await expect.poll(() => place()).toBe(before)
    await page.click('[data-mode=near]')
    await page.click('#near .node[data-ref="deployment/etl/nightly"]')
    await expect.poll(() => heading()).toBe('etl/nightly')
    await expect.poll(() => page.locator('#near .node').count()).toBe(5)
  })

  it('lists resources whose secrets were not compared, which cannot be selected', async () => {
    await open(await write(notComparedReport(true), 'not-compared'))
    await expect.poll(() => rows()).toHaveLength(3)
    await expect.poll(() => page.locator('.row input').count()).toBe(1)
    await page.click('[data-trait=unknown]')
    await expect.poll(() => rows()).toHaveLength(2)
    await page.click('.row:has-text("store/same")')
    await expect.poll(() => heading()).toBe('store/same')
    await expect.poll(() => page.textContent('.remark')).toMatch(/not compared.*data\.key/)
    await page.click('[data-trait=unknown]')
    await page.click('.row input')
    await expect.poll(() => page.textContent('.ticked')).toBe('1 of 1 selected')
  })

  it('shows the command for the checked changes and their dependencies', async () => {
    await open(await write(planReport(true), 'plan'))
    const tick = (name: string) => page.click(`.row:has(b:text-is("${name}")) input`)
    const command = () => page.inputValue('.command')
    await expect.poll(() => page.isVisible('footer')).toBe(false)
    await tick('report/weekly')
    const start = 'prefect-snapshot apply prod.snapshot.yaml --profile prod'
    await expect.poll(() => command()).toBe(`${start} --include flow/report --include deployment/report/weekly`)
    await expect.poll(() => page.textContent('.ticked')).toBe('2 of 11 selected, 1 of them as dependencies')
    await tick('report')
    await expect.poll(() => page.isVisible('footer')).toBe(false)
    await expect.poll(() => page.locator('.row input').count()).toBe(11)
    // A click that scrolls the list may hit a row that is being redrawn, and is lost then.
    const unticked = page.locator('.row input:not(:checked)')
    for (let clicks = 0; clicks < 40 && (await unticked.count()) > 0; clicks++) await unticked.first().click()
    await expect.poll(() => command()).toBe(start)
    await page.click('.none')
    await expect.poll(() => page.locator('.row input:checked').count()).toBe(0)
  })

  it('can be used with only the keyboard', async () => {
    await open(await write(planReport(true), 'plan'))
    await page.keyboard.press('/')
    await page.keyboard.type('report')
    await page.click('.found')
    await page.focus('.row[tabindex="0"]')
    await page.keyboard.press('ArrowDown')
    const second = (await rows())[1]
    await expect.poll(() => heading()).toBe(second)
    await page.keyboard.press(' ')
    await expect.poll(() => page.isVisible('footer')).toBe(true)
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('detail')
  })

  it('renders names as text, and its content security policy blocks scripts in them', async () => {
    const url = await write(planReport(true), 'plan')
    await open(url)
    await page.click('.row:has-text("onerror")')
    await expect.poll(() => heading()).toBe(nasty.replace('\u001b', '\\u001b'))
    await expect.poll(() => page.locator('img').count()).toBe(0)
    const inject = `document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="hacked()">')`
    await page.evaluate(inject)
    await expect.poll(() => wrong.join(), { timeout: 10_000 }).toContain('Content Security Policy')
    expect(await page.evaluate('window.wasHacked')).toBeUndefined()
    wrong.length = 0
    await page.close()
    // The same without the policy, to show that the policy blocks it.
    await open(await write(planReport(true), 'open', (text) => text.replace(/<meta http-equiv[^>]*>/, '')))
    await page.evaluate(inject)
    await page.waitForFunction('window.wasHacked')
    wrong.length = 0
  })

  it.each([
    ['plan', () => planReport()],
    ['apply', applyReport],
    ['graph', graphReport],
  ] as const)('has no serious axe violations: %s', async (name, make) => {
    const url = await write(make(), name)
    for (const [viewport, colorScheme] of [
      [wide, 'light'],
      [wide, 'dark'],
      [narrow, 'light'],
    ] as const) {
      await open(url, { viewport, colorScheme })
      if (name === 'plan') await page.click('.row:has-text("k8s")')
      for (const tab of viewport === narrow ? ['list', 'detail', 'map'] : [undefined]) {
        if (tab) await page.click(`button[data-tab=${tab}]`)
        await page.evaluate(axe.source)
        const found = (await page.evaluate('axe.run()')) as {
          violations: { id: string; impact: string; nodes: { html: string }[] }[]
        }
        const bad = found.violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
        expect(bad.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).toEqual([])
      }
      await page.close()
    }
  })

  it('renders only visible rows of 2,000 changes', async () => {
    await open(await write(bigReport(2000), 'big'))
    await expect.poll(() => page.textContent('.found')).toBe('2000 in total')
    expect((await rows()).length).toBeLessThan(60)
    await page.focus('.row[tabindex="0"]')
    await page.keyboard.press('End')
    const last = (await rows()).at(-1)
    await expect.poll(() => heading()).toBe(last)
    await page.fill('#search', 'flow-321 run-1')
    await page.locator('.found:text-is("1 of 2000")').waitFor()
    await page.click('[data-mode=all]')
    await expect.poll(() => page.locator('#all .node').count()).toBe(2000)
    await page.click('[data-mode=near]')
    await page.click('.row:has-text("flow-321/run-1")')
    await expect.poll(() => page.locator('#near .node').count()).toBe(4)
  })

  it('shows the outcomes of an apply', async () => {
    await open(await write(applyReport(), 'apply'))
    await page.click('[data-trait=failed]')
    await expect.poll(() => rows()).toEqual(['k8s'])
    await page.click('.row:has-text("k8s")')
    await expect.poll(() => page.locator('.remark.bad').allTextContents()).toContain('failed: type cannot be changed')
  })
})
