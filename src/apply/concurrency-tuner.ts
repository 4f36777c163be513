/** Looks for the number of writes at a time that a server does most with. */
export interface ConcurrencyTuner {
  /** The number to keep to now. */
  limit(): number
  /** A write has come to its end; `group` names what is comparable with each other, such as a kind. */
  completed(group: string): void
  /** The server said that it cannot keep up (429, 503, a reset) while so many were under way. */
  busy(running: number): void
}

/** Completions that a rate is measured over, for each write under way. */
const sample = 8
/** What the rate must be times what it was for a try to be kept. Up to four a server has ample room for, if it does not refuse. */
const worthwhile = { fewer: 1.03, few: 0.98, many: 1.05 }
const few = 4
/** A try whose rate falls by this factor is given up before its window is full, after so many completions. */
const hopeless = 0.75
const glance = 6
/** Windows without a try after one that failed, doubled by each further one; so many times as many where the server said no. */
const refusal = 16
const firstHold = 2
const longestHold = 64

interface State {
  limit: number
  /** What was the limit before the try that is under way. */
  before?: number | undefined
  upwards: boolean
  /** Windows to come without a try, and after the next one that fails. */
  hold: number
  nextHold: number
  /** Completions of what was under way when the server last said that it was busy: they would say it again. */
  echoes: number
  window: { readonly group: string; readonly begun: number; done: number }
  readonly rates: Map<string, number>
}

/**
 * Finds the best number by trying (AIMD on throughput): one more as long as that does not lower the rate, half where
 * that raises it or the server says that it is busy. A Prefect server on SQLite is fastest with one write at a
 * time, and refuses a third of them with two; on PostgreSQL 2 to 4 are best. A try that failed is repeated ever more
 * rarely.
 */
export function createTuner(now: () => number, most: number): ConcurrencyTuner {
  const state: State = {
    limit: 1,
    upwards: true,
    hold: 0,
    nextHold: firstHold,
    echoes: 0,
    window: { group: '', begun: now(), done: 0 },
    rates: new Map(),
  }
  return {
    limit: () => state.limit,
    completed(group) {
      if (state.echoes > 0) state.echoes--
      if (group !== state.window.group) {
        changeTo(state, group, now())
        return
      }
      const full = ++state.window.done >= sample * state.limit
      if (full) judge(state, most, now())
      else if (isHopeless(state, now())) giveUp(state, now())
    },
    busy(running) {
      if (state.echoes > 0) return
      state.echoes = running
      if (state.before !== undefined) {
        state.nextHold = Math.min(longestHold, state.nextHold * refusal)
        giveUp(state, now())
      } else if (state.limit > 1) {
        state.upwards = false
        settleAt(state, state.limit >> 1, state.nextHold, now())
      }
    },
  }
}

/** At the end of a window: keeps the try or takes it back; else begins the next one, when it is time. */
function judge(state: State, most: number, now: number): void {
  const { group } = state.window
  const found = rateOf(state, now)
  const base = state.rates.get(group)
  state.window = { group, begun: now, done: 0 }
  if (isWorse(state, found, base)) {
    giveUp(state, now)
    return
  }
  if (state.before !== undefined) state.nextHold = firstHold
  state.before = undefined
  state.rates.set(group, base === undefined || state.limit > 1 ? found : (base + found) / 2)
  if (state.hold > 0) state.hold--
  else tryAnother(state, most)
}

/** Whether a try brought less than it has to. */
function isWorse({ limit, before }: State, found: number, base: number | undefined): boolean {
  if (before === undefined || base === undefined) return false
  const { fewer, many } = worthwhile
  return found < base * (limit < before ? fewer : limit > few ? many : worthwhile.few)
}

function tryAnother(state: State, most: number): void {
  const next = state.upwards ? state.limit + 1 : state.limit >> 1
  if (next < 1 || next > most) {
    state.upwards = !state.upwards
    return
  }
  state.before = state.limit
  state.limit = next
}

/** Goes back to where the try began, and looks the other way next. */
function giveUp(state: State, now: number): void {
  const to = state.before ?? state.limit
  state.upwards = to === 1 || !state.upwards
  settleAt(state, to, state.nextHold, now)
  state.nextHold = Math.min(longestHold, state.nextHold * 2)
}

/** Rates of two groups say nothing of each other: a try that another comes into is none, and its best may be lower. */
function changeTo(state: State, group: string, now: number): void {
  if (state.before !== undefined) settleAt(state, state.before, 0, now)
  if (state.limit > 1 && !state.rates.has(group)) {
    state.upwards = false
    state.hold = 0
    state.nextHold = firstHold
  }
  state.window = { group, begun: now, done: 0 }
}

function settleAt(state: State, limit: number, hold: number, now: number): void {
  state.limit = Math.max(1, limit)
  state.before = undefined
  state.hold = hold
  state.window = { group: state.window.group, begun: now, done: 0 }
}

function isHopeless(state: State, now: number): boolean {
  const base = state.rates.get(state.window.group)
  const tried = state.before !== undefined && state.window.done >= glance
  return tried && base !== undefined && rateOf(state, now) < base * hopeless
}

/** Completions a millisecond. */
function rateOf({ window }: State, now: number): number {
  return window.done / Math.max(1, now - window.begun)
}
