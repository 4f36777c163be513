import type { Issue } from '../issue.ts'
import type { Ref } from '../ref.ts'
import type { Change, Outcome } from './change.ts'

/** A progress event of a stage. */
export type Event = EventOf & {
  /** The server of the event, if a command runs for several: the profile, or `account/handle` of the workspace. */
  readonly target?: string
}

/** A progress event, whichever server it is of. */
export type EventOf =
  /** The start of a phase that may take a while; `waiting` is for the user's answer. */
  | {
      readonly type: 'phase'
      readonly phase: 'connecting' | 'reading' | 'applying' | 'reading back' | 'waiting'
      readonly total?: number
    }
  /** A server responded; `reading` if the operation reads its resources for a snapshot. */
  | {
      readonly type: 'connected'
      readonly url: string
      readonly version: string
      readonly profile?: string
      /** `account/handle` of a workspace of Prefect Cloud. */
      readonly workspace?: string
      readonly reading: boolean
    }
  /** A file was written. */
  | { readonly type: 'written'; readonly path: string }
  /** Warnings that do not stop the operation. */
  | { readonly type: 'warning'; readonly issues: readonly Issue[] }
  | { readonly type: 'read'; readonly kind: string; readonly count: number }
  /** Fields that this version of the tool does not know, and that are not exported, each with its number of objects. */
  | {
      readonly type: 'unknown-fields'
      readonly kind: string
      readonly fields: Readonly<Record<string, number>>
    }
  | { readonly type: 'start'; readonly change: Change }
  | { readonly type: 'outcome'; readonly outcome: Outcome; readonly done: number; readonly total: number }
  | {
      readonly type: 'request'
      readonly method: string
      readonly path: string
      readonly status: number
      readonly ms: number
    }
  | {
      readonly type: 'retry'
      readonly method: string
      readonly path: string
      readonly reason: string
      readonly waitMs: number
    }
  /** All requests wait for the rate limit of an account or a server, in requests a minute where it is known. */
  | {
      readonly type: 'rate-limit'
      readonly url: string
      readonly waitMs: number
      readonly perMinute?: number
    }
  /** The server has been away for a second: no connection is possible, or a gateway does not reach it. It is waited for, at most `limitMs`. */
  | { readonly type: 'server-wait'; readonly url: string; readonly reason: string; readonly limitMs: number }
  /** A server that was waited for responds again. */
  | { readonly type: 'server-back'; readonly url: string; readonly awayMs: number }
  /**
   * A resource is not switched yet: it has this many runs in flight, or `due` ones that no worker takes, or a time of its
   * schedule is in `waitMs`. It waits `limitMs` at most from now on.
   */
  | {
      readonly type: 'switch-wait'
      readonly ref: Ref
      readonly reason: 'in-flight' | 'due' | 'slot'
      readonly runs?: number
      readonly waitMs?: number
      readonly limitMs: number
    }
  /** A command that runs for several servers begins with one of them. */
  | { readonly type: 'target-begin' }
  /** It has ended for one of them, with this exit code; `done` of `total` have ended. */
  | { readonly type: 'target-end'; readonly exit: number; readonly done: number; readonly total: number }
  /** Text for people, of a command that runs for several servers. */
  | { readonly type: 'message'; readonly text: string }
