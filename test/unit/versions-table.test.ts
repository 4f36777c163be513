import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { versionsTable, withVersionsTable } from '../../scripts/versions-table.ts'
import { claimed, newest, serverVersions } from '../servers/versions.ts'
import { readResults } from '../versions/results.ts'

describe('the table of versions', () => {
  test('of the page is that of the results; npm run schema writes it', () => {
    const page = readFileSync(new URL('../../docs/explanation/limits.md', import.meta.url), 'utf8')
    expect(page).toBe(withVersionsTable(page, readResults()))
  })

  test('tells everything that did not arrive as it was, and which pairs nobody has run', () => {
    const results = {
      [`${newest} to ${newest}`]: { resources: 9, arrived: 9, inPart: [], leftOut: [] },
      [`${newest} to ${claimed[1]}`]: { resources: 9, arrived: 6, inPart: ['flow/a'], leftOut: ['flow/b', 'flow/c'] },
    }
    const [head, , first] = versionsTable(results).split('\n')
    expect(head?.split(' | ')).toHaveLength(claimed.length + 2)
    expect(first).toMatch(/^\| \*\*[\d.]+\*\* \| 9 \| all \| 6, 1 in part, 2 not \| not run \|/)
    expect(versionsTable(results).split('\n')).toHaveLength(serverVersions.length + 2)
  })

  test('is not made of counts that do not add up', () => {
    const wrong = { [`${newest} to ${newest}`]: { resources: 9, arrived: 8, inPart: [], leftOut: [] } }
    expect(() => versionsTable(wrong)).toThrow('do not add up')
  })
})
