import type { Ref } from '../../ref.ts'
import type { Common, Planned } from './report.ts'

/*
 * A move of a wave from one server to another. Part of schemas/report.v1.json, like report.ts.
 */

/** What a cutover or a rollback is going to do, or has done. */
export interface SwitchReport extends Common {
  readonly schema: 'prefect-snapshot/migrate-cutover' | 'prefect-snapshot/migrate-rollback'
  readonly wave: string
  /** The side that gives the wave away, and the one that takes it: their plans. */
  readonly giving: Planned
  readonly taking: Planned
  readonly members: readonly SwitchedMember[]
  readonly gaps: GapReport
  /** The journals of the applies. `undo` reverts one side alone; a rollback reverts both. */
  readonly journals: readonly { readonly side: 'giving' | 'taking'; readonly file: string }[]
}

/** How long members were on neither side. */
export interface GapReport {
  readonly switched: number
  /** Milliseconds; absent if none was switched. */
  readonly longestMs?: number
  readonly longest?: Ref
  readonly medianMs?: number
}

/** One member of the wave. */
export interface SwitchedMember {
  /** Its name at the old side. */
  readonly ref: Ref
  /**
   * `to-switch`: it has to be, and nothing was done yet. `switched`: it was, now. `done`: it was before. `paused`: nobody wants
   * it to run. `not-switched`: the side that had it still has it, or has it again. `neither`: it is on no side. `left-out`: the
   * overlays leave it out. `in-the-way`: an issue says why.
   */
  readonly state: 'to-switch' | 'switched' | 'done' | 'paused' | 'not-switched' | 'neither' | 'left-out' | 'in-the-way'
  readonly reason?: string
  /** Milliseconds that it was on neither side. */
  readonly gapMs?: number
  /** Times of its schedules that neither side ran, as ISO 8601, and those of them for which runs were made. */
  readonly missed: readonly string[]
  readonly ran: readonly string[]
  /** Its runs at the side that gives it away that have not ended. */
  readonly runs: readonly LeftRun[]
}

/** A run that has not ended. */
export interface LeftRun {
  readonly name: string
  /** `late`: it is due, and nobody has begun it. `later`: somebody made it for a later time. */
  readonly state: 'in-flight' | 'late' | 'later' | 'suspended'
  /** When it was or is to start, as ISO 8601. */
  readonly at: string
}
