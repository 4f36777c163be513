import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { apiReport } from '../../scripts/api-report.ts'
import { libraryPage } from '../../scripts/reference/library-page.ts'
import * as library from '../../src/index.ts'

describe('the library', () => {
  test('has the public API that docs/library-api.txt records (npm run api)', () => {
    expect(readFileSync('docs/library-api.txt', 'utf8')).toBe(apiReport())
  }, 60_000)

  test('is described by docs/reference/library.md (npm run api)', () => {
    expect(readFileSync('docs/reference/library.md', 'utf8')).toBe(libraryPage())
  }, 60_000)

  test('reads and writes the text of a snapshot', () => {
    const { snapshot, issues } = library.parseSnapshot(
      'kind: snapshot\nversion: 1\n---\nkind: variable\nkey: a\nspec: {value: 1}\n',
    )
    expect(issues).toEqual([])
    expect(snapshot.resources.map(({ kind, key }) => `${kind}/${key}`)).toEqual(['variable/a'])
    expect(library.parseSnapshot(library.formatSnapshot(snapshot)).snapshot.resources).toEqual(snapshot.resources)
  })

  test('throws a Failure without a server, and does not use the environment of the process', async () => {
    const failed = library.exportSnapshot({}, { home: '/nonexistent', cwd: '/' })
    await expect(failed).rejects.toBeInstanceOf(library.Failure)
  })

  test('is aborted by a signal before it connects', async () => {
    const request = { apiUrl: 'http://127.0.0.1:9/api' }
    const failed = library.exportSnapshot(request, { signal: AbortSignal.abort(), home: '/nonexistent', cwd: '/' })
    await expect(failed).rejects.toMatchObject({ issues: [{ code: 'interrupted' }] })
  })
})
