/** Searches for the write concurrency with the highest throughput. */
export interface ConcurrencyTuner {
  /** The current limit. */
  limit(): number
  /** A write has ended. Only throughput values of the same `group`, such as a kind, are compared. */
  completed(group: string): void
  /** The server was overloaded (429, 503, a reset) with so many writes in flight. */
  busy(running: number): void
}

/** Completions in a measuring window, for each write in flight. */
const sample = 8
/** The factor by which the rate must change for a trial to be kept. Up to `few` writes, an increase may even lower the rate slightly. */
const worthwhile = { fewer: 1.03, few: 0.98, many: 1.05 }
const few = 4
/** A trial whose rate falls by this factor is abandoned before its window is full, after so many completions. */
const hopeless = 0.75
const glance = 6
/** Windows without a trial after a failed one: doubled by each further failure, and multiplied by `refusal` after an overload. */
const refusal = 16
const firstHold = 2
const longestHold = 64

interface State {
  limit: number
  /** The limit before the current trial. */
  before?: number | undefined
  upwards: boolean
  /** Windows to wait before the next trial, and after the next failed one. */
  hold: number
  nextHold: number
  /** Completions of the writes that were in flight when the server was last overloaded: they would report it again. */
  echoes: number
  window: { readonly group: string; readonly begun: number; done: number }
  readonly rates: Map<string, number>
}

/**
 * Finds the best limit by trials (AIMD on throughput): one more as long as that does not lower the rate, half if that
 * raises it or the server is overloaded. A Prefect server on SQLite is fastest with one write at a time, and rejects a
 * third of them with two; on PostgreSQL 2 to 4 are best. Failed trials are repeated at growing intervals.
 */
export function createTuner(now: () => number, most: number, start = 1): ConcurrencyTuner {
  const state: State = {
    limit: Math.max(1, Math.min(most, start)),
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
      if (full) evaluate(state, most, now())
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

/** At the end of a window: keeps or reverts the trial, or starts the next one when it is due. */
function evaluate(state: State, most: number, now: number): void {
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

/** Whether a trial gained less than required. */
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

/** Reverts the trial; the next one goes the other way. */
function giveUp(state: State, now: number): void {
  const to = state.before ?? state.limit
  state.upwards = to === 1 || !state.upwards
  settleAt(state, to, state.nextHold, now)
  state.nextHold = Math.min(longestHold, state.nextHold * 2)
}

/** Rates of two groups are not comparable: a trial in which the group changes is dropped, since the best limit may be lower now. */
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

/** Completions per millisecond. */
function rateOf({ window }: State, now: number): number {
  return window.done / Math.max(1, now - window.begun)
}
