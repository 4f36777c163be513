import { appendFileSync } from 'node:fs'

/** The environment variable with the path of the file that collects what was tried. */
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

/** The figures of another part, as a sentence. */
export interface FigureLine {
  readonly figure: string
}

/** Adds a line to the tally, where there is one. */
export function tally(line: TallyLine): void {
  add(line)
}

/** Adds the figures of a part, which are printed together at the end. */
export function tellFigure(figure: string): void {
  add({ figure })
}

function add(line: TallyLine | FigureLine): void {
  const file = process.env[tallyVariable]
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`)
}
