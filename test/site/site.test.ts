import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBrowser } from '../support/chromium.ts'

/*
 * The site as a reader sees it, built anew: `npm run test:site`. The build itself fails for a link to a page that does not exist.
 */
const dist = 'site/.vitepress/dist'
const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
}
let server: Server
let browser: Browser
let origin: string

beforeAll(async () => {
  execFileSync('npm', ['run', 'site'], { stdio: ['ignore', 'ignore', 'pipe'] })
  server = createServer(({ url = '/' }, response) => {
    const path = join(dist, decodeURIComponent(url.replace(/[?#].*/, '').replace(/\/$/, '/index.html')))
    if (!existsSync(path)) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream' })
    response.end(readFileSync(path))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await startBrowser()
}, 300_000)
afterAll(async () => {
  await browser?.close()
  server?.close()
})

const samples = [
  '/',
  '/tutorial.html',
  '/how-to/self-hosted-to-cloud.html',
  '/explanation/comparison.html',
  '/reference/commands.html',
  '/reference/kinds.html',
  '/recipes/',
]
const sizes = [
  ['a desktop', 1280],
  ['a phone', 390],
] as const

async function opened<T>(path: string, width: number, scheme: 'light' | 'dark', use: (page: Page) => Promise<T>) {
  const context = await browser.newContext({ viewport: { width, height: 850 }, colorScheme: scheme })
  try {
    const page = await context.newPage()
    const answer = await page.goto(origin + path)
    expect(answer?.status()).toBe(200)
    return await use(page)
  } finally {
    await context.close()
  }
}

describe.each(sizes)('on %s', (_, width) => {
  test.each(samples)('%s has no axe violations in light and dark, and is not wider than the screen', async (path) => {
    for (const scheme of ['light', 'dark'] as const) {
      const [found, wider] = await opened(path, width, scheme, async (page) => {
        await page.evaluate(axe.source)
        const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
          'axe.run()',
        )
        const told = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
        return [told, await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')] as const
      })
      expect(found, scheme).toEqual([])
      expect(wider).toBeLessThanOrEqual(0)
    }
  })
})

test('the search finds the page of an exit code', async () => {
  await opened('/', 1280, 'light', async (page) => {
    await page.click('button.DocSearch-Button')
    await page.fill('input[type=search]', 'exit code 6')
    await expect.poll(() => page.locator('.results .result').allTextContents(), { timeout: 20_000 }).not.toEqual([])
    const titles = await page.locator('.results .result').allTextContents()
    expect(titles.join('\n')).toMatch(/exit codes/i)
  })
})

test('every link and anchor within the site leads somewhere', () => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'))
  expect(files.length).toBeGreaterThan(100)
  const texts = new Map(files.map((file) => [`/${file}`, readFileSync(join(dist, file), 'utf8')]))
  const ids = new Map(
    [...texts].map(([file, text]) => [file, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]),
  )
  const dead = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/<a [^>]*href="([^"]+)"/g)].flatMap(([, href = '']) => {
      const { origin: other, pathname, hash } = new URL(href.replaceAll('&amp;', '&'), `http://site${file}`)
      if (other !== 'http://site') return []
      const target = pathname.endsWith('/')
        ? `${pathname}index.html`
        : pathname.includes('.')
          ? pathname
          : `${pathname}.html`
      const known = ids.get(target)
      const id = decodeURIComponent(hash.slice(1))
      return known && (id === '' || known.has(id)) ? [] : [`${file}: ${href}`]
    }),
  )
  expect([...new Set(dead)]).toEqual([])
})
