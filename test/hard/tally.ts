import { appendFileSync } from 'node:fs'

/** The environment variable with the path of the file that collects the points that were tried. */
export const tallyVariable = 'PREFECT_SNAPSHOT_HARD_TALLY'

/** What became of the points of one update. */
export interface TallyLine {
  readonly version: string
  readonly update: string
  readonly tried: number
  readonly held: number
  /** What did not hold, in words. */
  readonly failed: readonly string[]
}

/** Adds a line to the tally, where there is one. */
export function tally(line: TallyLine): void {
  const file = process.env[tallyVariable]
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`)
}
