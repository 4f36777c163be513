import type { Json } from '../json.ts'
import type { Id, Reader } from '../model.ts'

/** A run that was due, as a comparison of two servers needs it. */
export interface PastRun {
  readonly id: string
  /** Whether the scheduler made it, and not a user. */
  readonly scheduled: boolean
  /** When it was due, in milliseconds since 1970. */
  readonly due: number
  /** The type of its state, such as COMPLETED. */
  readonly state: string
  /** Seconds that it has run. */
  readonly seconds: number
  /** Seconds between the time at which it was due and its start; undefined if it has not started. */
  readonly late?: number
  /** How often it was started again. */
  readonly retries: number
}

/** What a run has left on the server. */
export interface RunArtifact {
  readonly run: string
  /** Absent for the record of a result. */
  readonly key?: string
  readonly type?: string
  readonly data: Json
  /** Whether the run itself has it, and not one of its tasks. */
  readonly ofFlow: boolean
}

/** Times in milliseconds since 1970, both included. */
export interface TimeWindow {
  readonly since: number
  readonly until: number
}

/** What a resource has run. */
export interface RunHistory {
  /** Passes the runs that were due in a window page by page, the oldest first. */
  runs(reader: Reader, id: Id, window: TimeWindow, onRuns: (runs: readonly PastRun[]) => void): Promise<void>
  /** What runs have left, the newest first, without what is larger than can be compared. */
  artifacts(reader: Reader, runs: readonly string[]): Promise<readonly RunArtifact[]>
}
