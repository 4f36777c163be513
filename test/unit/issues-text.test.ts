import { describe, expect, it } from 'vitest'
import type { Issue } from '../../src/issue.ts'
import { annotationsText } from '../../src/report/annotations.ts'
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

describe('many equal issues', () => {
  const warning = (index: number, line?: number): Issue => ({
    code: 'missing-name',
    severity: 'warning',
    message: `deployment/a/${index} names block/secret/x, which is not in the snapshot.`,
    ref: `deployment/a/${index}`,
    pointer: '/spec/x',
    ...(line === undefined ? {} : { place: { file: 's.yaml', line, column: 3, excerpt: 'x' } }),
  })
  const many = Array.from({ length: 3000 }, (_, index) => warning(index, 5 * index + 1))
  const other = { ...warning(7, 9), message: 'deployment/a/7 names block/secret/y, which is not in the snapshot.' }
  const expected =
    's.yaml:1:3 warning [missing-name] deployment/a/0 names block/secret/x, which is not in the snapshot. There are 2,999 more like it, the next at s.yaml:6:3 and at s.yaml:11:3.\n'

  it('are one line with their number and the first three places', () => {
    expect(issuesText(many, styleFor(false))).toBe(expected)
  })

  it('are one annotation, and others are shown', () => {
    const lines = annotationsText([...many, other])
      .trimEnd()
      .split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toContain('There are 2,999 more like it')
    expect(lines[1]).toContain('block/secret/y')
  })

  it('are shown one by one where they have no places: nothing else names their resources', () => {
    const issues = Array.from({ length: 100 }, (_, index) => warning(index + 1))
    const text = issuesText(issues, styleFor(false))
    for (const { ref } of issues) expect(text).toContain(`${ref} names`)
  })

  it('are shown one by one if there are ten', () => {
    expect(issuesText(many.slice(0, 10), styleFor(false)).split('\n')).toHaveLength(31)
  })
})

describe('issues elsewhere', () => {
  it('have one line for each message, for other programs', () => {
    const lines = issuesText([issue], styleFor(false)).split('\n')
    expect([lines[0], lines[3]]).toEqual([`a.yaml:12:60 error [usage] ${issue.message}`, `  → ${issue.fix}`])
  })
})
