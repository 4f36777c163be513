/** What came of looking at one thing. */
export interface Check {
  readonly status: 'ok' | 'note' | 'warning' | 'error'
  /** What was looked at, in a few words. */
  readonly title: string
  readonly detail: string
  /** What to do about it. */
  readonly fix?: string
}
