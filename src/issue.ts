import type { IssueCode } from './issue/codes.ts'
import type { Pointer } from './json.ts'
import type { Ref } from './ref.ts'

export type { IssueCode } from './issue/codes.ts'

/** A position in a text of the user. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The text of the line. */
  readonly excerpt?: string
}

/** A problem: a stable code, a message, the affected resource, and a fix. */
export interface Issue {
  readonly code: IssueCode
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly fix?: string
  readonly ref?: Ref
  /** Relative to the resource's document. */
  readonly pointer?: Pointer
  readonly place?: Place
  /** The name of the rule in the policy file that the resource violates. */
  readonly rule?: string
}

/** Thrown if an operation cannot continue, with every reason. The command line maps the codes to an exit code. */
export class Failure extends Error {
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[]) {
    super(issues.map((issue) => issue.message).join('\n'))
    this.name = 'Failure'
    this.issues = issues
  }
}
