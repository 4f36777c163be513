import { describe, expect, it } from 'vitest'
import type { Issue } from '../../src/issue.ts'
import { issuesText } from '../../src/report/text/issues-text.ts'
import { styleFor } from '../../src/report/text/style.ts'

const issue: Issue = {
  code: 'usage',
  severity: 'error',
  message: 'There is no journal of an apply to http://127.0.0.1:4200/api in the folder of journals.',
  fix: 'Run prefect-snapshot journals for a list, and select the server of the apply with --profile.',
  place: { file: 'a.yaml', line: 12, column: 60, excerpt: `  text: ${'x'.repeat(100)}` },
}

describe('issues on a terminal', () => {
  it('are wrapped between words, indented, and their excerpts are cut', () => {
    expect(issuesText([issue], styleFor(false), 50)).toBe(`a.yaml:12:60 error [usage] There is no journal of
  an apply to http://127.0.0.1:4200/api in the
  folder of journals.
  12 |   text: ${'x'.repeat(35)}
  → Run prefect-snapshot journals for a list, and
    select the server of the apply with --profile.
`)
  })

  it('are wrapped at the same places in color', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colors are control sequences
    const plain = issuesText([issue], styleFor(true), 50).replace(/\u001b\[[\d;]*m/g, '')
    expect(plain).toBe(issuesText([issue], styleFor(false), 50))
  })
})

describe('issues elsewhere', () => {
  it('have one line for each message, for other programs', () => {
    const lines = issuesText([issue], styleFor(false)).split('\n')
    expect([lines[0], lines[3]]).toEqual([`a.yaml:12:60 error [usage] ${issue.message}`, `  → ${issue.fix}`])
  })
})
