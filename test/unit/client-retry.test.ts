import { describe, expect, it } from 'vitest'
import type { HttpResponse, NoResponse } from '../../src/client/exchange.ts'
import { decideRetry, type FailedAttempt, isAmbiguous, type RetrySafety, retryAfterMs } from '../../src/client/retry.ts'

const policy = { maxRetries: 5, retryExtraCodes: new Set([404, 500]) }
const answer = (status: number, headers: Record<string, string> = {}): HttpResponse => ({
  type: 'response',
  status,
  headers,
  text: '',
})
const lost = (code: string, sent: boolean): NoResponse => ({ type: 'no-response', sent, code, reason: code })
const attempt = (outcome: HttpResponse | NoResponse, more: Partial<FailedAttempt> = {}): FailedAttempt => ({
  ...{ outcome, safety: 'read', busy: 0, busyMs: 0, failures: 1, reached: true, now: 0 },
  ...more,
})
const wait = (given: FailedAttempt, random = 0): number | 'stop' => {
  const decision = decideRetry(given, policy, () => random)
  return decision.type === 'stop' ? 'stop' : decision.waitMs
}

describe('whether a request is sent again', () => {
  const yes = true
  const no = false
  it.each<readonly [string, HttpResponse | NoResponse, readonly [read: boolean, again: boolean, create: boolean]]>([
    ['429', answer(429), [yes, yes, yes]],
    ['503', answer(503), [yes, yes, yes]],
    ['502', answer(502), [yes, yes, no]],
    ['408', answer(408), [yes, yes, no]],
    ['409', answer(409), [no, no, no]],
    ['an extra code that refuses', answer(404), [yes, yes, yes]],
    ['an extra code that fails', answer(500), [yes, yes, no]],
    ['a refused connection', lost('ECONNREFUSED', false), [yes, yes, yes]],
    ['a reset before anything was sent', lost('ECONNRESET', false), [yes, yes, yes]],
    ['a reset after the request was sent', lost('ECONNRESET', true), [yes, yes, no]],
    ['no answer in time', lost('UND_ERR_HEADERS_TIMEOUT', true), [yes, yes, no]],
    ['a certificate that is not trusted', lost('SELF_SIGNED_CERT_IN_CHAIN', false), [no, no, no]],
    ['no HTTP', lost('HPE_INVALID_CONSTANT', true), [no, no, no]],
  ])('after %s', (_, outcome, expected) => {
    const safeties: readonly RetrySafety[] = ['read', 'idempotent', 'create']
    expect(safeties.map((safety) => wait(attempt(outcome, { safety })) !== 'stop')).toEqual(expected)
  })

  it('never, with retries switched off', () => {
    expect(decideRetry(attempt(answer(503)), { ...policy, maxRetries: 0 }, Math.random)).toEqual({ type: 'stop' })
  })

  it('not where the server never answered and no connection can be made', () => {
    expect(wait(attempt(lost('ECONNREFUSED', false), { reached: false }))).toBe('stop')
    expect(wait(attempt(lost('UND_ERR_HEADERS_TIMEOUT', true), { reached: false }))).toBe('stop')
  })

  it('as often as the setting says', () => {
    expect(wait(attempt(answer(502), { failures: 5 }))).not.toBe('stop')
    expect(wait(attempt(answer(502), { failures: 6 }))).toBe('stop')
  })

  it('and who did not get an answer to a write does not know whether it was done', () => {
    expect(isAmbiguous(lost('ECONNRESET', true), 'create')).toBe(true)
    expect(isAmbiguous(lost('ECONNRESET', true), 'read')).toBe(false)
    expect(isAmbiguous(lost('ECONNREFUSED', false), 'create')).toBe(false)
    expect(isAmbiguous(answer(502), 'idempotent')).toBe(true)
    expect(isAmbiguous(answer(503), 'create')).toBe(false)
  })
})

describe('how long is waited', () => {
  it('50 to 200 ms after the first 503, slowly more later, up to about a second', () => {
    const waitAfter = (busy: number, random: number) => wait(attempt(answer(503), { busy }), random)
    expect([waitAfter(1, 0), waitAfter(1, 1)]).toEqual([50, 200])
    expect([waitAfter(4, 0), waitAfter(4, 1)]).toEqual([98, 391])
    expect([waitAfter(30, 0), waitAfter(30, 1)]).toEqual([250, 1000])
  })

  it('no longer than 30 s altogether for 503', () => {
    expect(wait(attempt(answer(503), { busy: 40, busyMs: 29_000 }))).toBe(250)
    expect(wait(attempt(answer(503), { busy: 40, busyMs: 29_900 }))).toBe('stop')
  })

  it('what Retry-After says, or a little longer, unless that is too long', () => {
    expect(wait(attempt(answer(429, { 'retry-after': '3' })))).toBe(3000)
    expect(wait(attempt(answer(503, { 'retry-after': '3' })), 1)).toBe(3600)
    expect(wait(attempt(answer(429, { 'retry-after': '3600' })))).toBe('stop')
  })

  it('ever longer after other failures, with jitter', () => {
    const waitAfter = (faults: number, random: number) => wait(attempt(answer(502), { failures: faults }), random)
    expect([1, 2, 3, 4, 5].map((faults) => waitAfter(faults, 1))).toEqual([500, 1000, 2000, 4000, 8000])
    expect(waitAfter(3, 0)).toBe(1000)
  })

  it('through maintenance, but not without end', () => {
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
