import type { PastRun } from '../kind.ts'

/** What the runs of a deployment on one side come to. */
export interface RunStatistics {
  readonly runs: number
  /** Number of runs by the type of their state. */
  readonly states: Readonly<Record<string, number>>
  /** Seconds of completed runs; absent if there are none. */
  readonly median?: number
  readonly p95?: number
  /** Seconds by which 95 of 100 runs were late at most; absent if none has started. */
  readonly late?: number
  /** How often runs were started again. */
  readonly retries: number
}

/** The statistics of runs, with percentiles by the nearest rank. */
export function statisticsOf(runs: readonly PastRun[]): RunStatistics {
  const states: Record<string, number> = {}
  for (const { state } of runs) states[state] = (states[state] ?? 0) + 1
  const seconds = ascending(runs.filter(({ state }) => state === 'COMPLETED').map(({ seconds }) => seconds))
  const late = ascending(runs.flatMap(({ late }) => late ?? []))
  const [median, p95, lateness] = [percentile(seconds, 0.5), percentile(seconds, 0.95), percentile(late, 0.95)]
  return {
    runs: runs.length,
    states: Object.fromEntries(Object.entries(states).sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(median === undefined ? {} : { median }),
    ...(p95 === undefined ? {} : { p95 }),
    ...(lateness === undefined ? {} : { late: lateness }),
    retries: runs.reduce((sum, { retries }) => sum + retries, 0),
  }
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}
