import type { Issue } from '../src/issue.ts'

/** A pull request, or a merge request. */
export interface Review {
  readonly number: number
  /** The commit at its head. */
  readonly head: string
}

/** A comment that an earlier job wrote. */
export interface Comment {
  readonly id: number
  readonly body: string
}

/** What is known about the last apply of the default branch. */
export interface LastApply {
  /** The commit of the last one that succeeded. */
  readonly commit?: string
  /** Whether one is running, or waits for approval. */
  readonly underWay: boolean
}

/** Where the repository and its jobs are: GitHub or GitLab. */
export interface Forge {
  /** The commit that the job is about: in a review, its head. */
  readonly commit: string
  /** The review that the job runs for. */
  readonly review?: Review
  /** Whether the review comes from somebody who may not see the secrets of the repository. */
  readonly isForeign: boolean
  /** URL of the job's log. */
  readonly jobUrl: string
  /** "pull request" or "merge request". */
  readonly reviewName: string
  /** The comments on a review that this program may have written, the oldest first. */
  comments(review: Review): Promise<readonly Comment[]>
  createComment(review: Review, body: string): Promise<void>
  updateComment(review: Review, id: number, body: string): Promise<void>
  deleteComment(review: Review, id: number): Promise<void>
  /** The commit that is now at the head of a review. */
  headOf(review: Review): Promise<string>
  /** The paths that a review changes. */
  changedPaths(review: Review): Promise<readonly string[]>
  /** The open reviews with a commit at their head. */
  openReviews(commit: string): Promise<readonly Review[]>
  /** The review whose merge made a commit. */
  mergedReview(commit: string): Promise<Review | undefined>
  lastApply(workflow: string): Promise<LastApply>
}

/** What a job shows, besides comments. */
export interface Log {
  /** Lines of the log. */
  say(text: string): void
  /** Text of another program, in which nothing is a command of the forge. */
  pass(text: string): void
  /** A message at the top of the job. */
  notice(severity: 'error' | 'warning' | 'notice', text: string): void
  /** Issues at their lines in the review. */
  annotate(issues: readonly Issue[]): void
  /** A report in Markdown. */
  summary(markdown: string): void
  /** A value for later steps: one line. */
  output(name: string, value: string): void
  /** Ends the log: nothing is shown afterwards. */
  end(): void
}
