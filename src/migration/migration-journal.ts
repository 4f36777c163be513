import type { JsonObject } from '../json.ts'
import type { Ref } from '../model.ts'

/*
 * The journal of a migration is NDJSON beside the waves file, so that everybody who carries out a wave has the same one. A
 * head names both servers; every further line is one step, on disk before what it announces is done. It is only ever
 * appended to, and has no secrets: fields are kept as hashes.
 */

/** First line: the two servers. A journal of another pair is refused. */
export interface MigrationHead {
  readonly type: 'head'
  readonly schema: 'prefect-snapshot/migration'
  readonly version: 1
  readonly tool: string
  readonly from: string
  readonly to: string
  /** Milliseconds since 1970, as in every line. */
  readonly time: number
}

/** What a sync, or the transfer before it, has carried over: the base of a comparison of three sides. */
export interface SyncedStep {
  readonly type: 'synced'
  readonly time: number
  /** The name at the new side. */
  readonly ref: Ref
  /** The name at the old side, if it is another one. */
  readonly source?: Ref
  /** A hash of each field that the old side has, by its pointer; without defaults, switches and secrets. */
  readonly fields: Readonly<Record<string, string>>
  /** The hashes of those fields that the new side has in another form; empty where it has none. */
  readonly there?: Readonly<Record<string, string>>
  /** Fields that differ, and of which it is not known which side has changed them. */
  readonly unknown?: readonly string[]
}

/** What moves a resource that runs by itself from one side to the other. */
export type Move = 'cutover' | 'rollback' | 'dual-run'

/**
 * A step of one resource. `begin` is on disk before the first write, with the state of the side that gives it away; `released`
 * after that side is off, `taken` after the other side is on, and `kept` if nothing was switched, or everything switched back.
 */
export interface SwitchStep {
  readonly type: 'switch'
  readonly time: number
  readonly wave: string
  readonly move: Move
  /** The name at the old side. */
  readonly ref: Ref
  /** The name at the new side. */
  readonly target: Ref
  readonly step: 'begin' | 'released' | 'taken' | 'kept'
  /** With `begin`: the operational fields of the side that gives it away, as they were before. */
  readonly state?: JsonObject
  /** With `begin` of a dual run: the minutes by which its schedules are moved at the new side. */
  readonly shiftMinutes?: number
  /**
   * With `taken`: milliseconds that it was on neither side. A second such step has the times of its schedule that neither side
   * ran, and those of them that were run afterwards.
   */
  readonly gapMs?: number
  readonly missed?: readonly string[]
  readonly ran?: readonly string[]
  /** With `kept`: the reason. */
  readonly reason?: string
}

export type MigrationStep = SyncedStep | SwitchStep

/** A journal that was read. */
export interface MigrationRecord {
  readonly head: MigrationHead
  readonly steps: readonly MigrationStep[]
}
