import type { Issue, IssueCode } from '../issue.ts'

/** What is known of a request that failed. */
export interface ApiFailure {
  readonly method: string
  readonly path: string
  readonly status?: number
  /** The server's own words, redacted; empty where it said nothing. */
  readonly detail: string
  readonly code: IssueCode
  /** For people: what happened and what is most likely behind it. */
  readonly cause: string
  /** For people: what to check. */
  readonly fix?: string
  /** Whether the server may have done it nevertheless. */
  readonly ambiguous: boolean
  /** Seconds after which the server wants to be asked again. */
  readonly retryAfter?: number
}

/** A request that did not succeed. It holds nothing of the request but its method and path, and no header. */
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

/** The error as the user's problem. */
export function toIssue(error: ApiError): Issue {
  return {
    code: error.code,
    severity: 'error',
    message: error.message,
    ...(error.fix === undefined ? {} : { fix: error.fix }),
  }
}

function sentence({ method, path, status, detail, cause, ambiguous }: ApiFailure): string {
  const what = status === undefined ? `${method} ${path} got no answer` : `${method} ${path} was answered ${status}`
  const said = detail === '' ? '' : ` The server says: ${detail.replace(/[.\s]+$/, '')}.`
  const unknown = ambiguous ? ' It is not known whether the server has done it.' : ''
  return `${what}: ${cause}.${said}${unknown}`
}
