/** The result of one check. */
export interface Check {
  readonly status: 'ok' | 'note' | 'warning' | 'error'
  /** What was checked, in a few words. */
  readonly title: string
  readonly detail: string
  /** What to do if the status is not `ok`. */
  readonly fix?: string
  /** It is about resources that only the server has. */
  readonly serverOnly?: true
}
