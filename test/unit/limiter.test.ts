import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { adaptiveLimiter, fixedLimiter } from '../../src/apply/limiter.ts'
import { type Model, simulatedServer } from '../support/simulated-server.ts'

const seeds = [1, 2, 3, 4, 5]
const at =
  (...rates: readonly number[]) =>
  (underWay: number) =>
    rates[Math.min(underWay, rates.length) - 1] ?? 0
/** Measured: 22 writes a second, with two at a time 13 and a third of the answers a 503, with four 12. */
const sqlite = { rate: at(22, 20, 20, 20), refused: at(0, 0.35, 0.5, 0.6), jitter: 0.25 }
/** Slower with two, without saying so. */
const silent = { rate: at(22, 13, 12, 12), jitter: 0.25 }
const postgres = { rate: at(25, 45, 60, 70, 66, 60, 54, 50), jitter: 0.25 }
/** Measured on two cores, which server and database share: hardly more with two than with one. */
const crowded = { rate: at(52, 61, 63, 64, 60, 55, 50, 48), jitter: 0.4 }
const groups = (count: number, ...names: readonly string[]) =>
  names.flatMap((name) => Array.from({ length: count }, () => name))

async function run(model: Omit<Model, 'seed'>, seed: number, list: readonly string[], fixed?: number) {
  const server = simulatedServer({ ...model, seed })
  return server.run(fixed === undefined ? adaptiveLimiter(server.now) : fixedLimiter(fixed), list)
}

describe('the adaptive limiter', () => {
  it.each(seeds)('stays at one on SQLite, which rejects concurrent writes (%d)', async (seed) => {
    const list = groups(600, 'deployment')
    const adaptive = await run(sqlite, seed, list)
    expect(adaptive.atOne).toBeGreaterThan(0.9)
    expect(adaptive.ms).toBeLessThan(1.1 * (await run(sqlite, seed, list, 1)).ms)
  })

  it.each(seeds)('stays at one if two are slower and nothing is rejected (%d)', async (seed) => {
    const list = groups(1500, 'deployment')
    const adaptive = await run(silent, seed, list)
    expect(adaptive.atOne).toBeGreaterThan(0.9)
    expect(adaptive.ms).toBeLessThan(1.1 * (await run(silent, seed, list, 1)).ms)
  })

  it.each(seeds)('is within a tenth of the best fixed limit on PostgreSQL (%d)', async (seed) => {
    const list = groups(1000, 'deployment')
    expect((await run(postgres, seed, list)).ms).toBeLessThan(1.1 * (await run(postgres, seed, list, 4)).ms)
  })

  it.each(seeds)('is within a tenth of the best limit if there is little to gain (%d)', async (seed) => {
    const list = groups(190, 'flow', 'deployment')
    expect((await run(crowded, seed, list)).ms).toBeLessThan(1.12 * (await run(crowded, seed, list, 4)).ms)
  })

  it.each(seeds)('does not mistake a faster group for the effect of a higher limit (%d)', async (seed) => {
    // The ninth write of the first group begins a try of two, and the second group comes in the middle of it.
    const adaptive = await run(silent, seed, [...groups(9, 'flow'), ...groups(1500, 'deployment')])
    expect(adaptive.atOne).toBeGreaterThan(0.9)
  })

  it.each(seeds)('finds the best limit again after a change of groups (%d)', async (seed) => {
    const list = groups(300, 'flow', 'deployment', 'automation')
    expect((await run(postgres, seed, list)).ms).toBeLessThan(1.15 * (await run(postgres, seed, list, 4)).ms)
  })

  it('halves when the server is busy, and is never less than one', async () => {
    const server = simulatedServer({ ...postgres, rate: (n) => 20 * n, jitter: 0, seed: 1 })
    const limiter = adaptiveLimiter(server.now)
    await server.run(limiter, groups(400, 'a'))
    const before = limiter.limit()
    expect(before).toBeGreaterThanOrEqual(4)
    limiter.busy()
    if (limiter.limit() === before - 1) limiter.busy() // The first one ended a try.
    expect([before >> 1, (before - 1) >> 1]).toContain(limiter.limit())
    for (let n = 0; n < 10; n++) limiter.busy()
    expect(limiter.limit()).toBe(1)
  })

  it('counts rejections of concurrent writes once', async () => {
    const server = simulatedServer({ ...postgres, rate: (n) => 20 * n, jitter: 0, seed: 1 })
    const limiter = adaptiveLimiter(server.now)
    await server.run(limiter, groups(400, 'a'))
    const before = limiter.limit()
    let all = () => {}
    const blocked = new Promise<void>((resolve) => {
      all = resolve
    })
    const burst = Array.from({ length: before }, () => limiter.run('a', () => blocked))
    await setImmediate()
    for (let n = 0; n < before; n++) limiter.busy()
    expect(limiter.limit()).toBeGreaterThanOrEqual((before - 1) >> 1)
    all()
    await Promise.all(burst)
  })

  it.each(seeds)('decreases from the best limit of another kind (%d)', async (seed) => {
    // One kind gains up to four at a time, the next is fastest with one, and nothing is refused.
    let flows = 0
    const rate = (n: number) => (flows++ < 600 ? at(25, 45, 60, 70)(n) : at(22, 18, 15, 13)(n))
    const adaptive = await run({ rate, jitter: 0.25 }, seed, groups(600, 'flow', 'deployment'))
    expect(adaptive.limits.at(-1)).toBeLessThanOrEqual(2)
    expect(Math.max(...adaptive.limits)).toBeGreaterThanOrEqual(3)
  })

  it('starts with the writes that a distant server needs, and goes on from there', async () => {
    // A write takes 12 ms of a server that does one at a time, and 80 ms on the way.
    const rate = (n: number) => Math.min(n / 0.092, 1 / 0.012)
    const server = () => simulatedServer({ rate, jitter: 0.25, seed: 1 })
    const [near, far, best] = [server(), server(), server()]
    const list = groups(200, 'flow', 'deployment')
    const slow = await near.run(adaptiveLimiter(near.now), list)
    const fast = await far.run(adaptiveLimiter(far.now, 16, 8), list)
    expect(fast.ms).toBeLessThan(1.1 * (await best.run(fixedLimiter(16), list)).ms)
    expect(slow.ms).toBeGreaterThan(1.5 * fast.ms)
    expect(Math.max(...fast.limits)).toBeLessThanOrEqual(16)
  })

  it('never exceeds its maximum', async () => {
    const server = simulatedServer({ rate: (n) => 20 * n, jitter: 0, seed: 1 })
    const { limits } = await server.run(adaptiveLimiter(server.now, 3), groups(400, 'a'))
    expect(Math.max(...limits)).toBe(3)
  })
})

describe('every limiter', () => {
  it.each([1, 3])('runs at most %d tasks at a time, in the order of arrival', async (limit) => {
    const limiter = fixedLimiter(limit)
    const startOrder: number[] = []
    let running = 0
    let most = 0
    const tasks = Array.from({ length: 20 }, (_, n) =>
      limiter.run('a', async () => {
        startOrder.push(n)
        most = Math.max(most, ++running)
        await setImmediate()
        running--
        return n
      }),
    )
    expect(await Promise.all(tasks)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    expect([most, startOrder]).toEqual([limit, Array.from({ length: 20 }, (_, n) => n)])
  })

  it.each([
    ['fixed', fixedLimiter(1)],
    ['adaptive', adaptiveLimiter(() => 0)],
  ])('continues after a failed task (%s)', async (_, limiter) => {
    await expect(limiter.run('a', async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await limiter.run('a', async () => 1)).toBe(1)
  })
})
