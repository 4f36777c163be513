import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OpenRun } from '../../src/kind.ts'
import { type HandedOver, handOver, NeitherSide } from '../../src/migration/hand-over.ts'
import type { SwitchStep } from '../../src/migration/migration-journal.ts'
import { cutoverAction, rollbackAction } from '../../src/migration/switch-action.ts'
import { switchedIn } from '../../src/migration/wave-state.ts'
import type { Id } from '../../src/model.ts'
import { runs } from '../support/property-runs.ts'

type SideName = 'old' | 'new'
class Crash extends Error {}

/** Two servers, a journal and a clock, of which every step may be the last one of a process. */
function world() {
  const on = { old: true, new: false }
  const openRuns: Record<SideName, OpenRun[]> = { old: [], new: [] }
  const steps: SwitchStep[] = []
  const state = {
    now: 0,
    calls: 0,
    dieAt: Number.POSITIVE_INFINITY,
    dieAfter: false,
    fail: new Set<number>(),
    wasBoth: false,
  }
  /** One request: the process may die before it, or after it was carried out. */
  const call = async <T>(work: () => T): Promise<T> => {
    state.now += 100
    const index = state.calls++
    if (index === state.dieAt && !state.dieAfter) throw new Crash()
    const result = work()
    state.wasBoth ||= on.old && on.new
    if (index === state.dieAt) throw new Crash()
    return result
  }
  const write = (side: SideName, value: boolean) => async () => {
    const isRefused = state.fail.has(state.calls)
    return call(() => {
      if (isRefused) return { reason: 'it refuses' }
      on[side] = value
      return {}
    })
  }
  return { on, runs: openRuns, steps, state, call, write }
}

type World = ReturnType<typeof world>
type Move = 'cutover' | 'rollback'

/** What the command does with one member, from what both servers and the journal say. */
async function command(world: World, move: Move, drainMs = 1000, stopped = false): Promise<HandedOver | string> {
  const [from, to]: [SideName, SideName] = move === 'cutover' ? ['old', 'new'] : ['new', 'old']
  const record = { head: {} as never, steps: world.steps }
  const switched = switchedIn(record).get('deployment/a/b')
  const sides = { giving: world.on[from], taking: world.on[to] }
  const action = (move === 'cutover' ? cutoverAction : rollbackAction)(sides, switched)
  const note = (step: SwitchStep['step'], more = {}) => {
    if (world.state.calls === world.state.dieAt && !world.state.dieAfter) throw new Crash()
    const ref = 'deployment/a/b' as const
    const state = step === 'begin' ? { state: { paused: false } } : {}
    world.steps.push({
      type: 'switch',
      time: world.state.now,
      wave: 'w',
      move,
      ref,
      target: ref,
      step,
      ...state,
      ...more,
    })
  }
  if (action === 'note') note('taken')
  if (action !== 'switch' && action !== 'take' && action !== 'give') return action
  return handOver({
    giving: {
      isOn: () => world.call(() => world.on[from]),
      switchOff: world.write(from, false),
      switchBack: world.write(from, true),
      runs: () => world.call(() => world.runs[from]),
      clear: () =>
        world.call(() => {
          world.runs[from] = world.runs[from].filter(({ auto, state }) => !auto || state !== 'waiting')
        }),
    },
    taking: {
      isOn: () => world.call(() => world.on[to]),
      switchOn: action === 'give' ? async () => ({}) : world.write(to, true),
    },
    times: { maxGapMs: 5000, drainMs },
    ...(action === 'take' ? { offSince: switched?.last.time ?? 0 } : {}),
    note,
    now: () => world.state.now,
    sleep: async (ms) => {
      world.state.now += ms
    },
    stopped: () => stopped,
  })
}

const run = (more: Partial<OpenRun>): OpenRun => {
  const id = '1' as Id
  return { id, name: 'tidy-cat', of: id, state: 'waiting', at: 0, auto: true, ...more }
}

describe('a hand-over', () => {
  test('is never on both sides, whatever dies or refuses when, and a rerun finishes it', async () => {
    const attempt = fc.record({
      move: fc.constantFrom<Move>('cutover', 'rollback'),
      dieAt: fc.nat(12),
      dieAfter: fc.boolean(),
      fail: fc.array(fc.nat(12), { maxLength: 2 }),
      leaks: fc.boolean(),
    })
    const last = fc.constantFrom<Move>('cutover', 'rollback')
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { maxLength: 8 }), last, async (attempts, final) => {
        const one = world()
        for (const { move, dieAt, dieAfter, fail, leaks } of attempts) {
          Object.assign(one.state, { calls: 0, dieAt, dieAfter, fail: new Set(fail) })
          if (leaks) one.runs.old.push(run({ at: one.state.now + 20_000 }))
          await command(one, move).catch((error: unknown) => {
            if (!(error instanceof Crash || error instanceof NeitherSide)) throw error
          })
          expect(one.state.wasBoth).toBe(false)
        }
        const wasCutOver = one.steps.length > 0
        Object.assign(one.state, { calls: 0, dieAt: Number.POSITIVE_INFINITY, fail: new Set() })
        await command(one, final)
        expect(one.state.wasBoth).toBe(false)
        expect(one.on).toEqual(final === 'cutover' ? { old: false, new: true } : { old: true, new: false })
        if (final === 'cutover' || wasCutOver) expect(['taken', 'kept']).toContain(one.steps.at(-1)?.step)
      }),
      { numRuns: runs(1000) },
    )
  })

  test('deletes a run that the scheduler made after the pause', async () => {
    const one = world()
    one.runs.old.push(run({ at: 60_000 }))
    expect(await command(one, 'cutover')).toMatchObject({ end: 'taken', left: [] })
    expect(one.runs.old).toEqual([])
  })

  test('is taken back if a worker took a run before the pause that does not end within the gap', async () => {
    const one = world()
    one.runs.old.push(run({ state: 'in-flight' }))
    expect(await command(one, 'cutover')).toEqual({
      end: 'kept',
      reason: 'a worker took tidy-cat just before it was paused',
      again: true,
    })
    expect(one.on).toEqual({ old: true, new: false })
    expect(one.state.now).toBeLessThan(5000)
    expect(one.steps.map(({ step }) => step)).toEqual(['begin', 'released', 'kept'])
  })

  test('is taken back at once if the command is interrupted meanwhile', async () => {
    const one = world()
    one.runs.old.push(run({ state: 'in-flight' }))
    expect(await command(one, 'cutover', 1000, true)).toMatchObject({ end: 'kept', again: true })
    expect(one.on).toEqual({ old: true, new: false })
    expect(one.state.now).toBeLessThan(1000)
  })

  test('goes on if that run ends within the gap, and without a drain timeout in any case', async () => {
    const one = world()
    one.runs.old.push(run({ state: 'in-flight' }))
    const call = one.call
    one.call = async (work) => {
      if (one.state.now > 2000) one.runs.old = []
      return call(work)
    }
    expect(await command(one, 'cutover')).toMatchObject({ end: 'taken', left: [] })
    const two = world()
    two.runs.old.push(run({ state: 'in-flight' }))
    expect(await command(two, 'cutover', 0)).toMatchObject({ end: 'taken', left: [{ name: 'tidy-cat' }] })
  })

  test('does not contradict a request that got no answer', async () => {
    const one = world()
    const unanswered = async () => ({ reason: 'no answer', unanswered: true })
    const { write } = one
    one.write = (side, value) => (side === 'new' ? unanswered : write(side, value))
    await expect(command(one, 'cutover')).rejects.toThrow(NeitherSide)
    expect(one.on).toEqual({ old: false, new: false })
    expect(one.steps.map(({ step }) => step)).toEqual(['begin', 'released'])
  })
})
