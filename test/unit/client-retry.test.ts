import { describe, expect, it } from 'vitest'
import type { HttpResponse, NoResponse } from '../../src/client/exchange.ts'
import {
  decideRetry,
  type FailedAttempt,
  isAmbiguous,
  isAway,
  type RetrySafety,
  retryAfterMs,
} from '../../src/client/retry.ts'

const patience = { limitMs: 60_000, fromStart: false }
const policy = { maxRetries: 5, retryExtraCodes: new Set([404, 500]), patience }
const answer = (status: number, headers: Record<string, string> = {}): HttpResponse => ({
  type: 'response',
  status,
  headers,
  text: '',
})
const noResponse = (code: string, sent: boolean): NoResponse => ({ type: 'no-response', sent, code, reason: code })
const attempt = (outcome: HttpResponse | NoResponse, more: Partial<FailedAttempt> = {}): FailedAttempt => ({
  ...{ outcome, safety: 'read', busy: 0, busyMs: 0, failures: 1, awayMs: 0, reached: true, now: 0 },
  ...more,
})
const wait = (given: FailedAttempt, random = 0): number | 'stop' => {
  const decision = decideRetry(given, policy, () => random)
  return decision.type === 'stop' ? 'stop' : decision.waitMs
}

describe('a failed request is retried', () => {
  const yes = true
  const no = false
  it.each<readonly [string, HttpResponse | NoResponse, readonly [read: boolean, idempotent: boolean, create: boolean]]>(
    [
      ['429', answer(429), [yes, yes, yes]],
      ['503', answer(503), [yes, yes, yes]],
      ['502', answer(502), [yes, yes, no]],
      ['408', answer(408), [yes, yes, no]],
      ['409', answer(409), [no, no, no]],
      ['an extra 4xx code', answer(404), [yes, yes, yes]],
      ['an extra 5xx code', answer(500), [yes, yes, no]],
      ['a refused connection', noResponse('ECONNREFUSED', false), [yes, yes, yes]],
      ['a reset before anything was sent', noResponse('ECONNRESET', false), [yes, yes, yes]],
      ['a reset after the request was sent', noResponse('ECONNRESET', true), [yes, yes, no]],
      ['a timeout', noResponse('UND_ERR_HEADERS_TIMEOUT', true), [yes, yes, no]],
      ['a certificate that is not trusted', noResponse('SELF_SIGNED_CERT_IN_CHAIN', false), [no, no, no]],
      ['a response that is not HTTP', noResponse('HPE_INVALID_CONSTANT', true), [no, no, no]],
    ],
  )('after %s', (_, outcome, expected) => {
    const safeties: readonly RetrySafety[] = ['read', 'idempotent', 'create']
    expect(safeties.map((safety) => wait(attempt(outcome, { safety })) !== 'stop')).toEqual(expected)
  })

  it('never, with a maximum of 0 retries', () => {
    expect(decideRetry(attempt(answer(503)), { ...policy, maxRetries: 0 }, Math.random)).toEqual({ type: 'stop' })
  })

  it('not while the server has never responded and no connection can be made', () => {
    expect(wait(attempt(noResponse('ECONNREFUSED', false), { reached: false }))).toBe('stop')
    expect(wait(attempt(noResponse('UND_ERR_HEADERS_TIMEOUT', true), { reached: false }))).toBe('stop')
  })

  it('from the start, if it is said how long', () => {
    const patient = { ...policy, patience: { limitMs: 5000, fromStart: true } }
    const first = attempt(noResponse('ECONNREFUSED', false), { reached: false })
    expect(decideRetry(first, patient, Math.random).type).toBe('retry')
    expect(decideRetry({ ...first, awayMs: 5000 }, patient, Math.random).type).toBe('stop')
  })

  it('up to the maximum of the setting', () => {
    expect(wait(attempt(answer(500), { failures: 5 }))).not.toBe('stop')
    expect(wait(attempt(answer(500), { failures: 6 }))).toBe('stop')
  })

  it.each([
    ['a refused connection', noResponse('ECONNREFUSED', false), true],
    ['a reset', noResponse('ECONNRESET', true), true],
    ['a gateway without a server', answer(502), true],
    ['a gateway with a page', answer(503, { 'content-type': 'text/html' }), true],
    ['a locked database', answer(503, { 'content-type': 'application/json' }), false],
    ['maintenance', answer(503, { 'content-type': 'text/plain', 'prefect-maintenance': 'true' }), false],
    ['a gateway that waited', answer(504), false],
    ['a timeout', noResponse('UND_ERR_HEADERS_TIMEOUT', true), false],
    ['an unknown certificate', noResponse('SELF_SIGNED_CERT_IN_CHAIN', false), false],
  ])('%s: whether the server is away', (_, outcome, expected) => {
    expect(isAway(outcome)).toBe(expected)
  })

  it('once after a reset, even if no server is waited for', () => {
    const impatient = { ...policy, patience: { limitMs: 0, fromStart: true } }
    const decide = (outcome: NoResponse, failures: number) =>
      decideRetry(attempt(outcome, { failures }), impatient, Math.random).type
    const reset = noResponse('ECONNRESET', true)
    expect([decide(reset, 1), decide(reset, 2)]).toEqual(['retry', 'stop'])
    expect(decide(noResponse('ECONNREFUSED', false), 1)).toBe('stop')
  })

  it('as long as a server that is away is waited for, however often', () => {
    const away = noResponse('ECONNREFUSED', false)
    expect(wait(attempt(away, { failures: 40, awayMs: 59_000 }), 1)).toBe(1000)
    expect(wait(attempt(away, { failures: 40, awayMs: 60_000 }), 1)).toBe('stop')
    expect(wait(attempt(answer(502), { failures: 40, awayMs: 10_000, safety: 'create' }))).toBe('stop')
  })

  it('and it is unknown whether a write without a response took effect', () => {
    expect(isAmbiguous(noResponse('ECONNRESET', true), 'create')).toBe(true)
    expect(isAmbiguous(noResponse('ECONNRESET', true), 'read')).toBe(false)
    expect(isAmbiguous(noResponse('ECONNREFUSED', false), 'create')).toBe(false)
    expect(isAmbiguous(answer(502), 'idempotent')).toBe(true)
    expect(isAmbiguous(answer(503), 'create')).toBe(false)
  })
})

describe('the wait before a retry', () => {
  it('is 50 to 200 ms after the first 503 and grows to about a second', () => {
    const waitAfter = (busy: number, random: number) => wait(attempt(answer(503), { busy }), random)
    expect([waitAfter(1, 0), waitAfter(1, 1)]).toEqual([50, 200])
    expect([waitAfter(4, 0), waitAfter(4, 1)]).toEqual([98, 391])
    expect([waitAfter(30, 0), waitAfter(30, 1)]).toEqual([250, 1000])
  })

  it('is at most 30 s in total for 503', () => {
    expect(wait(attempt(answer(503), { busy: 40, busyMs: 29_000 }))).toBe(250)
    expect(wait(attempt(answer(503), { busy: 40, busyMs: 29_900 }))).toBe('stop')
  })

  it('is that of Retry-After or a little more, unless that is too long', () => {
    expect(wait(attempt(answer(503, { 'retry-after': '3' })))).toBe(3000)
    expect(wait(attempt(answer(503, { 'retry-after': '3' })), 1)).toBe(3600)
    expect(wait(attempt(answer(503, { 'retry-after': '3600' })))).toBe('stop')
  })

  it('is left to the rate limit after 429, however often and however long', () => {
    expect(wait(attempt(answer(429, { 'retry-after': '3600' }), { failures: 99 }))).toBe(0)
  })

  it('doubles after other failures, with jitter', () => {
    const waitAfter = (faults: number, random: number) => wait(attempt(answer(500), { failures: faults }), random)
    expect([1, 2, 3, 4, 5].map((faults) => waitAfter(faults, 1))).toEqual([500, 1000, 2000, 4000, 8000])
    expect(waitAfter(3, 0)).toBe(1000)
  })

  it('is at most two seconds while the server is away', () => {
    const waitAfter = (faults: number, random: number) => wait(attempt(answer(502), { failures: faults }), random)
    expect([1, 2, 3, 4, 5].map((faults) => waitAfter(faults, 1))).toEqual([500, 1000, 2000, 2000, 2000])
    expect(waitAfter(9, 0)).toBe(1000)
  })

  it('covers maintenance, but ends', () => {
    const maintenance = answer(503, { 'prefect-maintenance': 'true' })
    expect(wait(attempt(maintenance, { busy: 9, busyMs: 200_000 }), 1)).toBe(30_000)
    expect(wait(attempt(maintenance, { busy: 9, busyMs: 299_000 }), 1)).toBe('stop')
  })
})

describe('Retry-After', () => {
  it.each([
    ['1.5', 1500],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
    ['soon', undefined],
    ['', undefined],
  ])('%s is %s ms at 10 s past the epoch', (text, ms) => {
    expect(retryAfterMs(text, 10_000)).toBe(ms)
  })
})
