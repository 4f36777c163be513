import { expect, test, vi } from 'vitest'
import { benches } from '../../bench/all.ts'
import type { Row } from '../../bench/bench.ts'

vi.setConfig({ testTimeout: 300_000 })

/** The rows of a benchmark on small sizes. Times mean nothing here; what is counted is checked. */
async function rowsOf(name: string): Promise<readonly Row[]> {
  const bench = benches.find((bench) => bench.name === name)
  if (!bench) throw new Error(`there is no benchmark ${name}`)
  return bench.run({ small: true, say: () => {} })
}

const figure = (rows: readonly Row[], what: string) => rows.find((row) => row.what === what)?.value

test.each(['start', 'offline', 'diff', 'concurrency'])('the benchmark %s runs', async (name) => {
  const rows = await rowsOf(name)
  expect(rows.length).toBeGreaterThan(3)
  expect(rows.filter(({ value }) => /NaN|Infinity/.test(value))).toEqual([])
})

test('an apply writes once a resource, and not at all the second time', async () => {
  const rows = await rowsOf('apply')
  expect(figure(rows, 'writes that the first apply got done, each resource')).toBe('1')
  expect(figure(rows, 'writing requests of the second apply')).toBe('0')
})

test('an export asks for each kind page by page, and for nothing else', async () => {
  expect(Number(figure(await rowsOf('export'), '5 deployments: requests'))).toBeLessThan(45)
})

test('a plan asks no more of a large server than of a small one', async () => {
  const rows = await rowsOf('plan')
  expect(figure(rows, '3 of 20: requests')).toBe(figure(rows, '3 of 3 deployments: requests'))
  expect(Number(figure(rows, '3 of 20: requests'))).toBeLessThan(8)
})

test('a platform is the same after a move', async () => {
  const rows = await rowsOf('rehearsal')
  expect(figure(rows, 'resources')).toBe('20')
  expect(figure(rows, 'documents that differ afterwards')).toBe('0')
})

test('what prefect transfer can move arrives by both', async () => {
  const rows = await rowsOf('incumbent')
  expect(figure(rows, '3 flows and deployments: prefect transfer, as at the source')).toBe('6 of 6')
  expect(figure(rows, '3 flows and deployments: export and apply, as at the source')).toBe('6 of 6')
})
