import type { Issue } from '../issue.ts'
import type { Change, Outcome } from './change.ts'

/** An event of a stage at work, for progress and logs. */
export type Event =
  /** Something begins that may take a while; `waiting` for an answer of the user takes as long as it takes. */
  | {
      readonly type: 'phase'
      readonly phase: 'connecting' | 'reading' | 'applying' | 'reading back' | 'waiting'
      readonly total?: number
    }
  /** A server answered; `reading` where the operation reads its resources for a snapshot. */
  | {
      readonly type: 'connected'
      readonly url: string
      readonly version: string
      readonly profile?: string
      readonly reading: boolean
    }
  /** A file was written on the way to the result. */
  | { readonly type: 'written'; readonly path: string }
  /** Warnings that do not stop the operation. */
  | { readonly type: 'warning'; readonly issues: readonly Issue[] }
  | { readonly type: 'read'; readonly kind: string; readonly count: number }
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
