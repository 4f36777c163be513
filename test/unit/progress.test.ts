import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startProgress } from '../../src/cli/progress-line.ts'
import type { Change, Event } from '../../src/model.ts'
import { type Progress, progressText, updateProgress } from '../../src/report/text/progress.ts'
import { resource } from '../support/toy-kinds.ts'

const change: Change = { ref: 'a/x', action: 'create', after: resource('a/x'), waits: [], notes: [], without: [] }
const outcome = (done: number): Event => ({
  type: 'outcome',
  outcome: { change, ms: 1, status: 'done' },
  done,
  total: 40,
})

function progressAfter(...events: readonly Event[]): Progress {
  const progress = events.reduce<Progress | undefined>(
    (before, event) => updateProgress(before, event, 1000),
    undefined,
  )
  if (!progress) throw new Error('no phase')
  return progress
}

describe('the progress of a command', () => {
  it('has phase, done and total, rate, remaining time and the current resource', () => {
    const progress = progressAfter(
      { type: 'phase', phase: 'applying', total: 40 },
      { type: 'start', change },
      outcome(10),
    )
    expect(progressText(progress, 6000, 100)).toBe('applying 10/40 · 2.0/s · 15 s left · a/x')
    expect(progressText(progress, 6000, 20)).toHaveLength(20)
  })

  it('says why resources are not switched yet, and how long they wait at most', () => {
    const wait = (
      ref: 'a/x' | 'a/y',
      more: Pick<Event & { type: 'switch-wait' }, 'reason' | 'runs' | 'waitMs'>,
    ): Event => ({ type: 'switch-wait', ref, limitMs: 600_000, ...more })
    const begin: Event = { type: 'phase', phase: 'applying', total: 4 }
    const inFlight = wait('a/x', { reason: 'in-flight', runs: 2 })
    const textOf = (...events: readonly Event[]) => progressText(progressAfter(begin, ...events), 3000, 200)
    expect(textOf(inFlight)).toBe('applying 0/4 · 2 s · 1 waits: a/x has 2 runs in flight (at most 9 min 58 s)')
    const slot = wait('a/y', { reason: 'slot', waitMs: 9000 })
    expect(textOf(inFlight, slot)).toMatch(/ · 2 wait: a\/x has 2 runs in flight/)
    expect(textOf(inFlight, slot, outcome(1))).toBe(
      'applying 1/4 · 0.5/s · 6 s left · 1 waits: a/y runs in 7 s (at most 9 min 58 s)',
    )
    expect(textOf(wait('a/y', { reason: 'due', runs: 1 }))).toMatch(/a\/y has 1 run due that no worker takes/)
  })

  it('counts objects read, without a total', () => {
    const read = (kind: string, count: number): Event => ({ type: 'read', kind, count })
    const progress = progressAfter({ type: 'phase', phase: 'reading' }, read('a', 30), read('b', 12))
    expect(progressText(progress, 4000, 100)).toBe('reading 42 so far · 14.0/s · 3 s · b')
  })

  it('has no count before the first object', () => {
    expect(progressText(progressAfter({ type: 'phase', phase: 'connecting' }), 4000, 100)).toBe('connecting · 3 s')
  })

  it('shows how long the server has asked to wait, and until when', () => {
    const limited: Event = { type: 'retry', method: 'POST', path: '/a/', reason: '503', waitMs: 42_000 }
    const progress = progressAfter({ type: 'phase', phase: 'applying', total: 40 }, outcome(10), limited)
    const clock = new Date(43_000).toTimeString().slice(0, 8)
    expect(progressText(progress, 3000, 100)).toBe(`applying 10/40 · 503: waiting 40 s, until ${clock} · 1 retry`)
    expect(progressText(progress, 44_000, 100)).toContain('/s')
    const shorter: Event = { ...limited, reason: '503', waitMs: 2000 }
    expect(progressText(updateProgress(progress, shorter, 2000) ?? progress, 3000, 100)).toContain(
      `until ${clock} · 2 retries`,
    )
  })

  it('shows how long the rate limit delays all requests', () => {
    const limited: Event = { type: 'rate-limit', url: 'https://a', waitMs: 12_000, perMinute: 625 }
    const again: Event = { type: 'retry', method: 'POST', path: '/a/', reason: '429', waitMs: 0 }
    const progress = progressAfter({ type: 'phase', phase: 'applying', total: 40 }, outcome(10), again, limited)
    expect(progressText(progress, 1000, 100)).toBe('applying 10/40 · waiting for the rate limit, 12 s · 1 retry')
    expect(progressText(progress, 13_000, 100)).not.toContain('waiting')
  })

  it('only counts short waits', () => {
    const busy: Event = { type: 'retry', method: 'POST', path: '/a/', reason: '503', waitMs: 200 }
    const progress = progressAfter({ type: 'phase', phase: 'applying', total: 40 }, outcome(10), busy, busy)
    expect(progressText(progress, 6000, 100)).toBe('applying 10/40 · 2.0/s · 15 s left · 2 retries')
  })

  it('shows minutes instead of many seconds', () => {
    const progress = progressAfter({ type: 'phase', phase: 'applying', total: 40 }, outcome(1))
    expect(progressText(progress, 11_000, 100)).toContain('6 min 30 s left')
  })
})

describe('the progress line', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function start() {
    const written: string[] = []
    const stream = { isTTY: false, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream
    return { written, line: startProgress(stream, () => Date.now()) }
  }

  it('is a plain line every ten seconds if standard error is not a terminal', async () => {
    const { written, line } = start()
    line.update({ type: 'phase', phase: 'applying', total: 40 })
    line.update(outcome(20))
    await vi.advanceTimersByTimeAsync(9_900)
    expect(written).toEqual([])
    await vi.advanceTimersByTimeAsync(20_000)
    expect(written).toEqual(['applying 20/40 · 2.0/s · 10 s left\n', 'applying 20/40 · 1.0/s · 20 s left\n'])
    line.end()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(written).toHaveLength(2)
  })

  it('stops during a question to the user', async () => {
    const { written, line } = start()
    line.update({ type: 'phase', phase: 'reading' })
    line.update({ type: 'phase', phase: 'waiting' })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(written).toEqual([])
  })
})

describe('the line on a terminal', () => {
  it('is one line, even if loading what draws it takes longer than several updates', async () => {
    vi.useFakeTimers()
    let written = ''
    const write = (text: string) => {
      written += text
      return true
    }
    const stream = { isTTY: true, columns: 80, rows: 24, write, on: () => {} } as unknown as NodeJS.WriteStream
    let time = 0
    const progress = startProgress(stream, () => time)
    progress.update({ type: 'phase', phase: 'connecting' })
    time = 1500
    vi.advanceTimersByTime(1500)
    vi.useRealTimers()
    await vi.waitFor(() => expect(written).toContain('connecting'))
    await new Promise((done) => setTimeout(done, 20))
    progress.end()
    expect(written.match(/connecting/g)).toHaveLength(1)
  })
})
