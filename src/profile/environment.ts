import type { Trust } from '../trust.ts'

/** The parts of the process environment that determine the server. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  /** Which files of the working directory may decide about the server. Default: all. */
  readonly trust?: Trust
}
