import { expect, test, vi } from 'vitest'
import { benches } from '../../bench/all.ts'
import type { Row } from '../../bench/bench.ts'
import { noBrowser } from '../support/chromium.ts'

vi.setConfig({ testTimeout: 300_000 })

/** The rows of a benchmark on small sizes. Times are meaningless here; counts are checked. */
async function rowsOf(name: string): Promise<readonly Row[]> {
  const bench = benches.find((bench) => bench.name === name)
  if (!bench) throw new Error(`unknown benchmark ${name}`)
  return bench.run({ small: true, say: () => {} })
}

const figure = (rows: readonly Row[], what: string) => rows.find((row) => row.what === what)?.value

test.each(['start', 'offline', 'diff', 'concurrency'])('the benchmark %s runs', async (name) => {
  const rows = await rowsOf(name)
  expect(rows.length).toBeGreaterThan(3)
  expect(rows.filter(({ value }) => /NaN|Infinity/.test(value))).toEqual([])
})

test.skipIf(noBrowser)('the benchmark page runs', async () => {
  const rows = await rowsOf('page')
  expect(rows).toHaveLength(6)
  expect(rows.filter(({ value }) => /NaN|Infinity/.test(value))).toEqual([])
})

test('an apply writes each resource once, and a second apply writes nothing', async () => {
  const rows = await rowsOf('apply')
  expect(figure(rows, 'successful writes of the first apply per resource')).toBe('1')
  expect(figure(rows, 'write requests of the second apply')).toBe('0')
})

test('an export requests only the pages of each kind', async () => {
  expect(Number(figure(await rowsOf('export'), '5 deployments: requests'))).toBeLessThan(45)
})

test('an export from a distant server sends no more requests', async () => {
  const rows = await rowsOf('far')
  expect(Number(figure(rows, 'requests of the export'))).toBeLessThan(45)
  expect(rows.filter(({ value }) => /NaN|Infinity/.test(value))).toEqual([])
})

test('a plan sends as many requests to a large server as to a small one', async () => {
  const rows = await rowsOf('plan')
  expect(figure(rows, '3 of 20: requests')).toBe(figure(rows, '3 of 3 deployments: requests'))
  expect(Number(figure(rows, '3 of 20: requests'))).toBeLessThan(8)
})

test('a platform is identical after a migration', async () => {
  const rows = await rowsOf('rehearsal')
  expect(figure(rows, 'resources')).toBe('20')
  expect(figure(rows, 'documents that differ afterwards')).toBe('0')
})

test('both tools transfer what prefect transfer supports', async () => {
  const rows = await rowsOf('incumbent')
  expect(figure(rows, '3 flows and deployments: prefect transfer, identical to the source')).toBe('6 of 6')
  expect(figure(rows, '3 flows and deployments: export and apply, identical to the source')).toBe('6 of 6')
})
