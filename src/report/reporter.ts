import type { Report } from './model/report.ts'
import type { Style } from './text/style.ts'

/** Display settings of a reporter. */
export interface View {
  readonly style: Style
  /** In columns. */
  readonly width: number
  /** Shows every value and list whole, as text. Other formats decide themselves. */
  readonly full?: boolean
}

/** One rendering of a report. Pure: the same report gives the same text. */
export type Reporter<R extends Report = Report> = (report: R, view: View) => string | Promise<string>
