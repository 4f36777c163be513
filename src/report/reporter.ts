import type { Report } from './model/report.ts'
import type { Style } from './text/style.ts'

/** What a reporter may know besides the report: how the text will be read. */
export interface View {
  readonly style: Style
  /** Columns. */
  readonly width: number
}

/** One rendering of a report. Pure: the same report gives the same text. */
export type Reporter<R extends Report = Report> = (report: R, view: View) => string | Promise<string>
