import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { withPrefect1Table } from '../../scripts/prefect1-table.ts'

test('the table of what is carried over from Prefect 1 is that of the fixtures (npx tsx scripts/prefect1-table.ts)', () => {
  const page = readFileSync('docs/how-to/from-prefect-1.md', 'utf8')
  expect(withPrefect1Table(page)).toBe(page)
})
