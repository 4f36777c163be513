import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import { attentionTo } from '../../src/migration/attention.ts'
import { memberState, type Running, runningOf } from '../../src/migration/member-state.ts'
import type { Move, SwitchStep } from '../../src/migration/migration-journal.ts'
import { nextStep } from '../../src/migration/next-step.ts'
import { type Switched, switchedIn } from '../../src/migration/wave-state.ts'
import { type MemberStatus, memberCounts, scheduleCounts, waveState } from '../../src/migration/wave-summary.ts'

const kindOf = (name: string) => kinds.find((kind) => kind.name === name) as (typeof kinds)[number]
const deployment = kindOf('deployment')
const running = (spec: JsonObject, kind = deployment) =>
  runningOf(kind, { kind: kind.name, key: 'f/d', refs: {}, spec, secrets: {} })

type Side = 'off' | 'open' | 'runs'
const off: Running = { open: false, runs: false, schedules: 2 }
const open: Running = { open: true, runs: false, schedules: 0 }
const runs: Running = { open: true, runs: true, schedules: 2 }
const sides: Readonly<Record<Side, Running>> = { off, open, runs }

/** The journal after these steps of one member. */
function after(...steps: readonly [Move, SwitchStep['step']][]): Switched | undefined {
  return switchedIn({
    head: { type: 'head', schema: 'prefect-snapshot/migration', version: 1, tool: '', from: '', to: '', time: 0 },
    steps: steps.map(([move, step], time) => ({
      ...{ type: 'switch', time, wave: 'w', move, ref: 'deployment/f/d', target: 'deployment/f/d', step },
      ...(step === 'begin' ? { state: { paused: false } } : {}),
    })),
  }).get('deployment/f/d')
}

const journals = {
  none: after(),
  begun: after(['cutover', 'begin']),
  released: after(['cutover', 'begin'], ['cutover', 'released']),
  taken: after(['cutover', 'begin'], ['cutover', 'taken']),
  kept: after(['cutover', 'begin'], ['cutover', 'kept']),
  rolling: after(['cutover', 'begin'], ['cutover', 'taken'], ['rollback', 'begin']),
  'rolling on': after(['cutover', 'begin'], ['cutover', 'taken'], ['rollback', 'begin'], ['rollback', 'released']),
  'rolled back': after(['cutover', 'begin'], ['cutover', 'taken'], ['rollback', 'begin'], ['rollback', 'taken']),
  'dual begun': after(['dual-run', 'begin']),
  dual: after(['dual-run', 'begin'], ['dual-run', 'taken']),
  'dual kept': after(['dual-run', 'begin'], ['dual-run', 'kept']),
} as const
type Journal = keyof typeof journals

const stateOf = (old: Side, new_: Side | 'missing', journal: Journal) =>
  memberState(deployment, {
    old: sides[old],
    new: new_ === 'missing' ? undefined : sides[new_],
    switched: journals[journal],
  })

/** For each journal, the state by what both sides say: old × new. */
const plain = {
  'off missing': 'missing',
  'open missing': 'missing',
  'runs missing': 'missing',
  'off off': 'paused',
  'open off': 'old',
  'runs off': 'old',
  'off open': 'new',
  'off runs': 'new',
  'open open': 'open-both',
  'open runs': 'open-both',
  'runs open': 'open-both',
  'runs runs': 'both',
} as const
const wanted = { ...plain, 'off off': 'neither', 'off missing': 'neither' } as const
const dual = {
  ...plain,
  'open open': 'dual-run',
  'open runs': 'dual-run',
  'runs open': 'dual-run',
  'runs runs': 'dual-run',
} as const
const table = {
  none: plain,
  begun: wanted,
  released: wanted,
  taken: wanted,
  kept: plain,
  rolling: wanted,
  'rolling on': wanted,
  'rolled back': plain,
  'dual begun': dual,
  dual,
  'dual kept': plain,
} satisfies Record<Journal, Record<string, string>>

describe('the state of a member', () => {
  const cells = Object.entries(table).flatMap(([journal, states]) =>
    Object.entries(states).map(([both, state]) => [journal, both, state] as const),
  )
  it.each(cells)('journal %s, old and new side %s: %s', (journal, both, state) => {
    const [old, new_] = both.split(' ') as [Side, Side | 'missing']
    expect(stateOf(old, new_, journal as Journal)).toBe(state)
  })

  it('has every combination in its table', () => expect(cells).toHaveLength(11 * 12))

  it('is paused if it was paused before its switch began', () => {
    const record = journals.taken as Switched
    const begun = { ...(record.begun as SwitchStep), state: { paused: true } }
    const switched = { ...record, begun, state: begun.state }
    expect(memberState(deployment, { old: off, new: off, switched })).toBe('paused')
  })
})

describe('whether a side runs a member', () => {
  const cron = (active: boolean) => ({ cron: '0 6 * * *', active })
  it.each([
    [
      { paused: false, schedules: [cron(true), cron(false)] },
      { open: true, runs: true, schedules: 1 },
    ],
    [
      { paused: true, schedules: [cron(true), cron(false)] },
      { open: false, runs: false, schedules: 1 },
    ],
    [
      { paused: false, schedules: [cron(false)] },
      { open: true, runs: false, schedules: 0 },
    ],
    [{ paused: false }, { open: true, runs: false, schedules: 0 }],
  ] as const)('a deployment: %j', (spec, expected) => expect(running(spec as unknown as JsonObject)).toEqual(expected))

  it.each([true, false])('an automation that is enabled: %s', (enabled) =>
    expect(running({ enabled }, kindOf('automation'))).toEqual({ open: enabled, runs: enabled, schedules: 0 }),
  )
})

const member = (old: Side, new_: Side | 'missing', journal: Journal = 'none'): MemberStatus => ({
  ref: 'deployment/f/d',
  target: 'deployment/f/d',
  state: stateOf(old, new_, journal),
  old: sides[old],
  new: new_ === 'missing' ? undefined : sides[new_],
  switched: journals[journal],
})
const onOld = member('runs', 'off')
const onNew = member('off', 'runs', 'taken')
const paused = member('off', 'off')
const missing = member('runs', 'missing')
const between = member('off', 'off', 'released')
const both = member('runs', 'runs')
const back = member('runs', 'off', 'rolled back')
const inDualRun = member('runs', 'runs', 'dual')

describe('the state of a wave', () => {
  it.each([
    ['empty', []],
    ['planned', [missing, missing]],
    ['moved', [onOld, paused]],
    ['moved', [onOld, missing]],
    ['partly', [onOld, onNew]],
    ['partly', [onNew, between]],
    ['partly', [onOld, between]],
    ['partly', [onOld, both]],
    ['partly', [onNew, missing]],
    ['cut-over', [onNew, paused]],
    ['rolled-back', [back, paused]],
    ['partly', [back, onNew]],
    ['dual-run', [inDualRun, onOld]],
  ] as const)('%s', (state, members) => expect(waveState(members)).toBe(state))
})

describe('numbers by side', () => {
  const members = [onOld, onNew, paused, missing, between, both, inDualRun, member('open', 'runs')]
  it('counts each member once', () =>
    expect(memberCounts(members)).toEqual({ old: 2, new: 2, both: 1, neither: 1, paused: 1, dualRun: 1 }))
  it('counts active schedules', () =>
    expect(scheduleCounts(members)).toEqual({ old: 4, new: 2, both: 2, neither: 2, paused: 2, dualRun: 2 }))
})

describe('what needs attention', () => {
  it.each([
    [onOld, undefined],
    [onNew, undefined],
    [paused, undefined],
    [inDualRun, undefined],
    [both, 'pause-new'],
    [member('runs', 'runs', 'taken'), 'pause-old'],
    [member('open', 'open'), 'pause-new'],
    [between, 'cutover'],
    [member('off', 'off', 'rolling on'), 'rollback'],
    [member('off', 'off', 'taken'), 'none'],
    [missing, 'sync'],
    [{ ...missing, target: undefined }, 'none'],
    [member('off', 'runs', 'dual'), 'cutover'],
    [member('runs', 'off', 'taken'), 'cutover'],
  ] as const)('%#', (one, act) => {
    const attention = attentionTo(one)
    expect(attention && (attention.act ?? 'none')).toBe(act)
  })
})

describe('the next step of a wave', () => {
  const next = (members: readonly MemberStatus[], drift = 0, ...before: Parameters<typeof nextStep>[1]) =>
    nextStep({ state: waveState(members), members, drift: Array(drift).fill('x') }, before)
  it.each([
    [next([]), undefined],
    [next([missing], 1), 'sync'],
    [next([onOld]), 'cutover'],
    [next([onOld], 1), 'sync'],
    [next([onOld], 0, 'moved'), undefined],
    [next([onOld], 0, 'cut-over', 'empty'), 'cutover'],
    [next([onOld, onNew]), 'cutover'],
    [next([between, onOld], 1), 'cutover'],
    [next([member('off', 'off', 'rolling on'), onNew]), 'rollback'],
    [next([member('off', 'off', 'taken'), onNew]), undefined],
    [next([onNew]), undefined],
    [next([onNew], 1), 'sync'],
    [next([paused]), undefined],
    [next([inDualRun]), 'compare'],
    [next([back]), 'cutover'],
  ] as const)('%#', (step, expected) => expect(step).toBe(expected))
})
