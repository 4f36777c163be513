import { describe, expect, it } from 'vitest'
import { continueText, totalsText, unfinishedText } from '../../src/report/text/outcome-text.ts'
import { styleFor } from '../../src/report/text/style.ts'
import { applyReport } from '../report/fixture.ts'

const style = styleFor(false)
const outcomes = (status: 'done' | 'failed' | 'not-started', count: number) =>
  Array.from({ length: count }, (_, index) => ({ status, id: `a/${index}`, ms: 0 }))

describe('an apply that was stopped', () => {
  const stopped = [...outcomes('done', 54), ...outcomes('not-started', 246)]

  it('counts what was not started, and says how to continue', () => {
    expect(totalsText(stopped, style)).toBe('Applied 54 of 300 changes: 54 done, 246 not started.\n')
    expect(continueText(stopped)).toBe(
      '246 changes were not started. To continue, run the command again: it writes only what differs. A saved plan has to be created again first.\n',
    )
    expect(continueText(stopped.slice(0, 55))).toMatch(/^1 change was not started\./)
    expect(continueText(outcomes('failed', 3))).toBe('')
  })

  it('lists only changes that were started', () => {
    const report = { ...applyReport(), outcomes: [...stopped, ...outcomes('failed', 2)] }
    expect(unfinishedText(report, style)).toBe('failed a/0\nfailed a/1\n')
  })
})
