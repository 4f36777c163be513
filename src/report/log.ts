import type { Issue } from '../issue.ts'
import { type Json, writeJson } from '../json.ts'
import type { Event } from '../model.ts'
import { visibleJson } from '../plain-text.ts'
import { idOf, outcomesOf } from './model/build-report.ts'
import type { OutcomeReport } from './model/change-report.ts'
import { withoutSecretExcerpt } from './model/redact.ts'

type Action = 'create' | 'update' | 'patch-cycle' | 'delete'

/**
 * One line of `--log ndjson`, without its time. Listed in docs/log-events.md; fields may be added, but never change.
 */
export type LogEvent =
  | { readonly type: 'begin'; readonly version: 1; readonly tool: string; readonly command: string }
  | { readonly type: 'issue'; readonly issue: Issue; readonly target?: string }
  | { readonly type: 'message'; readonly text: string; readonly target?: string }
  | { readonly type: 'start'; readonly id: string; readonly action: Action; readonly target?: string }
  | {
      readonly type: 'outcome'
      readonly action: Action
      readonly done: number
      readonly total: number
      readonly outcome: OutcomeReport
      readonly target?: string
    }
  | Exclude<Event, { readonly type: 'start' | 'outcome' | 'warning' | 'message' }>
  | { readonly type: 'end'; readonly exit: number }

/** Warnings are logged as issues, one by one. */
type Warning = Extract<Event, { readonly type: 'warning' }>

/** A line of `--log ndjson`. schemas/log-event.v1.json is generated from this type. */
export type LogLine = LogEvent & {
  /** ISO 8601, UTC. */
  readonly time: string
}

/** Converts an event of a stage for the log: changes are identified by ID, without their content. */
export function toLogEvent(event: Exclude<Event, Warning>): LogEvent {
  const target = event.target === undefined ? {} : { target: event.target }
  if (event.type === 'start') return { type: 'start', id: idOf(event.change), action: event.change.action, ...target }
  if (event.type !== 'outcome') return event
  const { outcome, done, total } = event
  const [report] = outcomesOf([outcome])
  return { type: 'outcome', action: outcome.change.action, done, total, outcome: report as OutcomeReport, ...target }
}

/** Converts issues for the log; of one server, if a command runs for several. */
export function toIssueEvents(issues: readonly Issue[], target?: string): LogEvent[] {
  const at = target === undefined ? {} : { target }
  return issues.map((issue) => ({ type: 'issue', issue: withoutSecretExcerpt(issue), ...at }))
}

/** Formats one log line. `time` is in milliseconds since 1970. */
export function logLine(event: LogEvent, time: number): string {
  const line: LogLine = { time: new Date(time).toISOString(), ...event }
  return `${visibleJson(writeJson(line as unknown as Json))}\n`
}
