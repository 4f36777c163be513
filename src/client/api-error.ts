import { Failure, type Issue, type IssueCode } from '../issue.ts'

/** The details of a failed request. */
export interface ApiFailure {
  readonly method: string
  readonly path: string
  readonly status?: number
  /** The server's own message, redacted; empty when there is none. */
  readonly detail: string
  readonly code: IssueCode
  /** The most likely cause, as a clause for the message. */
  readonly cause: string
  /** What to do about it, in sentences. */
  readonly fix?: string
  /** Whether a write may have taken effect nevertheless. */
  readonly ambiguous: boolean
  /** Seconds after which the server accepts the request again (`Retry-After`). */
  readonly retryAfter?: number
}

/** The most likely reason for a failed request. */
export type Diagnosis = Pick<ApiFailure, 'code' | 'cause' | 'fix'>

/** A failed request. Contains its method and path, but neither body nor headers, which may hold secrets. */
export class ApiError extends Error {
  readonly method: string
  readonly path: string
  readonly status: number | undefined
  readonly detail: string
  readonly code: IssueCode
  readonly fix: string | undefined
  readonly ambiguous: boolean
  readonly retryAfter: number | undefined

  constructor(failure: ApiFailure) {
    super(sentence(failure))
    this.name = 'ApiError'
    this.method = failure.method
    this.path = failure.path
    this.status = failure.status
    this.detail = failure.detail
    this.code = failure.code
    this.fix = failure.fix
    this.ambiguous = failure.ambiguous
    this.retryAfter = failure.retryAfter
  }
}

/** The error as an issue. */
export function toIssue(error: ApiError): Issue {
  return {
    code: error.code,
    severity: 'error',
    message: error.message,
    ...(error.fix === undefined ? {} : { fix: error.fix }),
  }
}

/** Any error as issues. The stack trace is only shown for a bug in this tool. */
export function issuesOf(error: unknown): readonly Issue[] {
  if (error instanceof Failure) return error.issues
  if (error instanceof ApiError) return [toIssue(error)]
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const fix = 'Report this bug, with the command that you ran.'
  return [{ code: 'bug', severity: 'error', message, fix }]
}

function sentence({ method, path, status, detail, cause, ambiguous }: ApiFailure): string {
  const what = `${method} ${path} failed${status === undefined ? '' : ` with status ${status}`}`
  const message = detail === '' ? '' : ` Message of the server: ${detail.replace(/[.\s]+$/, '')}.`
  const outcome = ambiguous ? ' The request may have taken effect nevertheless.' : ''
  return `${what}: ${cause}.${message}${outcome}`
}
