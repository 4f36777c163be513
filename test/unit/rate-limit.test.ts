import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRateLimit, type RateWait } from '../../src/rate/rate-limit.ts'
import { createRateLimits } from '../../src/rate/rate-limits.ts'
import { runs } from '../support/property-runs.ts'
import {
  bucket,
  type Counter,
  fixedWindow,
  slidingCounter,
  slidingWindow,
  type Trial,
  type Tried,
  tryRate,
  virtualTime,
} from '../support/rate-model.ts'

/** Numbers from 0 to 1 that a seed determines. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 0) / 4_294_967_296
  }
}

const near: Pick<Trial, 'connections' | 'latencyMs'> = { connections: 16, latencyMs: [60, 100] }
const shareOf = ({ accepted }: Tried, perMinute: number, minutes: number) => accepted / (perMinute * minutes)
const refusedOf = ({ accepted, refused }: Tried) => refused / (accepted + refused)
const windows: readonly (readonly [string, (limit: number, phaseMs: number) => Counter])[] = [
  ['fixed windows', (limit, phaseMs) => fixedWindow(limit, 60_000, phaseMs)],
  ['a sliding window', (limit) => slidingWindow(limit)],
  ['a counter that slides over fixed windows', (limit, phaseMs) => slidingCounter(limit, 60_000, phaseMs)],
]

describe.each(windows)('a known limit in %s', (_, counterOf) => {
  it('is used to 95 % from the first minute on, and no request is refused', async () => {
    const input = fc.record({
      limit: fc.integer({ min: 60, max: 5000 }),
      phaseMs: fc.integer({ min: 0, max: 60_000 }),
      least: fc.integer({ min: 1, max: 300 }),
      more: fc.integer({ min: 0, max: 400 }),
      seed: fc.integer(),
    })
    const law = fc.asyncProperty(input, async ({ limit, phaseMs, least, more, seed }) => {
      // As many connections as the limit needs with answers that take so long.
      const connections = Math.ceil((limit / 60_000) * (least + more) * 2) + 2
      const latencyMs = [least, least + more] as const
      const minutes = 2
      const trial = { connections, latencyMs, minutes, random: randomFrom(seed), told: limit }
      const tried = await tryRate({ ...trial, counter: counterOf(limit, phaseMs) })
      expect(shareOf(tried, limit, minutes)).toBeGreaterThanOrEqual(0.95)
      expect(tried.refused).toBe(0)
    })
    await fc.assert(law, { numRuns: runs(4) })
  })

  it.each([250, 625])('of %d is left to others who use half of it, and taken when they are gone', async (limit) => {
    const trial = { ...near, minutes: 9, random: randomFrom(limit), told: limit }
    const others = (now: number) => (now < 240_000 ? limit / 2 : 0)
    const tried = await tryRate({ ...trial, counter: counterOf(limit, 17_000), others })
    expect(refusedOf(tried)).toBeLessThanOrEqual(0.01)
    const during = tried.byMinute.slice(1, 4).reduce((a, b) => a + b)
    expect(during / (3 * limit)).toBeGreaterThan(0.4)
    expect(tried.othersAccepted / (4 * limit)).toBeGreaterThan(0.4)
    expect(tried.byMinute[8]).toBeGreaterThanOrEqual(0.95 * limit)
  })
})

describe.each(windows.slice(0, 2))('an unknown limit in %s', (_, counterOf) => {
  it.each([
    [250, 'up'],
    [625, 'down'],
  ] as const)('of %d is learned from refusals (Retry-After is rounded %s)', async (limit, retryAfter) => {
    const trial = { ...near, minutes: 8, random: randomFrom(limit), retryAfter }
    const tried = await tryRate({ ...trial, counter: counterOf(limit, 17_000) })
    expect(refusedOf(tried)).toBeLessThanOrEqual(0.01)
    expect(shareOf(tried, limit, 8)).toBeGreaterThanOrEqual(0.94)
  })
})

it.each([
  ['in whole seconds', 'up'],
  ['not at all', 'none'],
] as const)(
  'a proxy that lets through ten requests a second, and says when to come again %s',
  async (_, retryAfter) => {
    const trial = { ...near, minutes: 10, random: randomFrom(1), retryAfter }
    const tried = await tryRate({ ...trial, counter: bucket(600, 20) })
    expect(refusedOf(tried)).toBeLessThanOrEqual(0.01)
    expect(shareOf(tried, 600, 10)).toBeGreaterThan(0.85)
  },
)

it('without a limit, nothing is delayed', async () => {
  const time = virtualTime(() => 0)
  const rate = createRateLimit(time.clock)
  for (let n = 0; n < 10_000; n++) (await rate.take(() => {}))?.end()
  expect([time.clock.now(), rate.waitedMs()]).toEqual([0, 0])
})

describe('a refusal', () => {
  /** A limit that has refused one request, and the requests that wait for it. */
  async function refused(afterMs: number | undefined, count: number) {
    const time = virtualTime(() => 0)
    const rate = createRateLimit(time.clock)
    const waits: RateWait[] = []
    ;(await rate.take(() => {}))?.refused(afterMs)
    const sent: number[] = []
    const passes = Array.from({ length: count }, async () => {
      const pass = await rate.take((wait) => waits.push(wait))
      sent.push(time.clock.now())
      return pass
    })
    return { time, rate, waits, sent, passes }
  }

  it('pauses all requests, which is told once', async () => {
    const { time, rate, waits, sent } = await refused(12_000, 5)
    await time.pass(11_999)
    expect([sent, waits]).toEqual([[], [{ waitMs: 12_000 }]])
    expect(rate.waitedMs()).toBe(11_999)
    await time.pass(1)
    expect(sent).toEqual([12_000])
  })

  it('is followed by one request, and by the others if that succeeds', async () => {
    const { time, sent, passes } = await refused(2000, 5)
    await time.pass(10_000)
    expect(sent).toEqual([2000])
    ;(await passes[0])?.end()
    await time.pass(30_000)
    expect(sent).toHaveLength(5)
  })

  it('without Retry-After is followed by ever longer pauses', async () => {
    const { time, sent, passes } = await refused(undefined, 4)
    for (const pass of passes) {
      void pass.then((pass) => pass?.refused())
      await time.pass(60_000)
    }
    expect(sent[0]).toBe(750)
    for (const [index, at] of sent.slice(1).entries())
      expect(at - (sent[index] ?? 0)).toBeGreaterThanOrEqual(0.75 * 1000 * 2 ** (index + 1))
  })

  it('may last for hours: the server is asked again every hour', async () => {
    const { time, sent } = await refused(1e9, 1)
    await time.pass(3_599_999)
    expect(sent).toEqual([])
    await time.pass(2000)
    expect(sent).toHaveLength(1)
  })

  it('ends for a request whose signal aborts, and only for that', async () => {
    const { time, rate, sent } = await refused(5000, 1)
    const stop = new AbortController()
    const stopped = rate.take(() => {}, undefined, stop.signal)
    await setImmediate()
    stop.abort()
    expect(await stopped).toBeUndefined()
    expect(await rate.take(() => {}, stop.signal)).toBeUndefined()
    expect(time.clock.now()).toBe(0)
    await time.pass(6000)
    expect(sent).toEqual([5000])
  })
})

it('the limits of a process: one for each account, whose number is asked for once', async () => {
  const limits = createRateLimits(virtualTime(() => 0).clock)
  const asked: string[] = []
  const ask = (name: string, answer: Promise<number | undefined>) => () => {
    asked.push(name)
    return answer
  }
  const one = limits.of('https://a', ask('a', Promise.resolve(10)))
  expect(limits.of('https://a', ask('a again', Promise.resolve(20)))).toBe(one)
  const other = limits.of('https://b', ask('b', Promise.reject(new Error('no access'))))
  expect(other).not.toBe(one)
  expect(asked).toEqual(['a', 'b'])
  await setImmediate()
  // Half of ten requests may be sent at once.
  for (let n = 0; n < 4; n++) (await one.take(() => {}))?.end()
  const rest = Promise.all(Array.from({ length: 9 }, () => one.take(() => {})))
  expect(await Promise.race([rest, setImmediate('waits')])).toBe('waits')
  for (let n = 0; n < 1000; n++) (await other.take(() => {}))?.end()
})
