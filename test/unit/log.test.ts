import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Console, ndjsonConsole, textConsole } from '../../src/cli/console.ts'
import type { Change, Event, Outcome } from '../../src/model.ts'
import { toLogEvent } from '../../src/report/log.ts'
import { styleFor } from '../../src/report/text/style.ts'
import { Secret } from '../../src/secret.ts'
import { resource } from '../support/toy-kinds.ts'

const canary = 'canary-0815'
const change: Change = {
  ref: 'a/x',
  action: 'create',
  after: resource('a/x', { spec: { text: 'body' }, secrets: { '/text': { plain: new Secret(canary) } } }),
  waits: [],
  notes: [],
  without: [],
}
const done: Outcome = { change, ms: 12.6, status: 'done' }
const events: readonly Event[] = [
  { type: 'phase', phase: 'applying', total: 1 },
  { type: 'connected', url: 'http://x/api', version: '3.8.8', reading: true },
  { type: 'written', path: 'a.yaml' },
  { type: 'read', kind: 'a', count: 3 },
  { type: 'start', change },
  { type: 'request', method: 'GET', path: '/a', status: 200, ms: 3 },
  { type: 'retry', method: 'POST', path: '/a', reason: 'HTTP 503', waitMs: 100 },
  { type: 'outcome', outcome: done, done: 1, total: 1 },
]

function heard(make: (stream: NodeJS.WriteStream) => Console, use: (voice: Console) => void): string {
  let text = ''
  const write = (piece: string) => {
    text += piece
  }
  const voice = make({ isTTY: false, write } as unknown as NodeJS.WriteStream)
  use(voice)
  voice.end(5)
  return text
}

const options = { style: styleFor(false), quiet: false, verbose: false, now: () => 0 }

describe('--log ndjson', () => {
  const print = (voice: Console) => {
    events.forEach(voice.emit)
    voice.err('Nothing was\nchanged.\n')
    voice.warn([{ code: 'stale-plan', severity: 'error', message: 'it moved' }])
  }
  const lines = (verbose: boolean) =>
    heard((stream) => ndjsonConsole({ ...options, stream, verbose }, '9.9.9', 'apply'), print)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; time: string })

  it('is one JSON object for each line, from begin to end', () => {
    expect(lines(false)).toEqual(
      [
        { type: 'begin', version: 1, tool: '9.9.9', command: 'apply' },
        { type: 'phase', phase: 'applying', total: 1 },
        { type: 'connected', url: 'http://x/api', version: '3.8.8', reading: true },
        { type: 'written', path: 'a.yaml' },
        { type: 'read', kind: 'a', count: 3 },
        { type: 'start', id: 'a/x', action: 'create' },
        { type: 'retry', method: 'POST', path: '/a', reason: 'HTTP 503', waitMs: 100 },
        { type: 'outcome', action: 'create', done: 1, total: 1, outcome: { id: 'a/x', ms: 13, status: 'done' } },
        { type: 'message', text: 'Nothing was' },
        { type: 'message', text: 'changed.' },
        { type: 'issue', issue: { code: 'stale-plan', severity: 'error', message: 'it moved' } },
        { type: 'end', exit: 5 },
      ].map((event) => ({ time: '1970-01-01T00:00:00.000Z', ...event })),
    )
  })

  it('contains requests only with --verbose', () => {
    expect(lines(true).filter(({ type }) => type === 'request')).toHaveLength(1)
  })

  it('contains no values of a change', () => {
    const text = events.map((event) => JSON.stringify(toLogEvent(event as Parameters<typeof toLogEvent>[0]))).join()
    expect(text).not.toContain(canary)
    expect(text).not.toContain('body')
  })

  it('has a row in docs/log-events.md for each type of event', () => {
    const doc = readFileSync(new URL('../../docs/log-events.md', import.meta.url), 'utf8')
    const types = new Set(lines(true).map(({ type }) => type))
    const rows = [...doc.matchAll(/^\| `([a-z]+)` \|/gm)].map(([, type]) => type)
    expect(new Set(rows)).toEqual(types)
  })
})

describe('--log text', () => {
  const print = (quiet: boolean, outcome: Outcome) =>
    heard(
      (stream) => textConsole({ ...options, stream, quiet }),
      (voice) => voice.emit({ type: 'outcome', outcome, done: 1, total: 1 }),
    )

  it('has one line for each outcome, with its duration', () => {
    expect(print(false, done)).toBe('[1/1] + a x … ok 13 ms\n')
  })

  it('omits only successes with --quiet', () => {
    expect(print(true, done)).toBe('')
    expect(print(true, { change, ms: 1, status: 'skipped', because: 'a/y' })).toContain('skipped: it needs a/y')
    expect(print(false, { change, ms: 1, status: 'not-started' })).toBe('')
  })

  it('prints ten skipped changes, since one failure may be the reason for hundreds', () => {
    const outcome: Outcome = { change, ms: 1, status: 'skipped', because: 'a/y' }
    const text = heard(
      (stream) => textConsole({ ...options, stream, quiet: false }),
      (voice) => {
        for (let done = 1; done <= 300; done++) voice.emit({ type: 'outcome', outcome, done, total: 300 })
      },
    )
    expect(text.trimEnd().split('\n')).toHaveLength(11)
    expect(text).toMatch(/\n… and more, which are only counted\n$/)
  })

  it('does not count what was not started', () => {
    const text = heard(
      (stream) => textConsole({ ...options, stream, quiet: false }),
      (voice) => {
        for (let at = 1; at <= 9; at++)
          voice.emit({ type: 'outcome', outcome: { change, ms: 1, status: 'not-started' }, done: at, total: 10 })
        voice.emit({ type: 'outcome', outcome: done, done: 10, total: 10 })
      },
    )
    expect(text).toBe('[ 1/10] + a x … ok 13 ms\n')
  })
})
