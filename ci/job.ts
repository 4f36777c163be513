import { exitCodes } from '../src/cli/exit-codes.ts'
import type { Issue } from '../src/issue.ts'
import { markdown } from '../src/report/markdown/markdown.ts'
import { code } from '../src/report/markdown/markdown-escape.ts'
import type { Report } from '../src/report/model/report.ts'
import { styleFor } from '../src/report/text/style.ts'
import type { Forge, Log } from './forge.ts'
import type { Env, Inputs } from './inputs.ts'
import type { Tool, ToolResult } from './run-tool.ts'

export { exitCodes }

/** Everything that a job works with. */
export interface Job {
  readonly inputs: Inputs
  readonly forge: Forge
  readonly log: Log
  readonly tool: Tool
  readonly env: Env
  /** A directory for files that no later step needs. */
  readonly temporary: string
}

/** The report of a command in Markdown; a sentence if it printed none. */
export async function reportText({ exit, report }: ToolResult): Promise<string> {
  if (report) return await markdown(withoutNext(report), { style: styleFor(false), width: 120 })
  return `## prefect-snapshot failed (exit ${exit})\n\nIt ended without a report. Its messages are in the log of the job.\n`
}

/** Without the command that applies a plan, which is the work of another job. */
function withoutNext(report: Report): Report {
  if (report.schema !== 'prefect-snapshot/plan') return report
  const { next: _, ...rest } = report
  return rest
}

/** The issues of a report. */
export function issuesOf(report: Report | undefined): readonly Issue[] {
  return report?.issues ?? []
}

/** A list of names in code style, shortened after a dozen. */
export function namesText(names: readonly string[]): string {
  return names.slice(0, 12).map(code).join(', ') + (names.length > 12 ? ` and ${names.length - 12} more` : '')
}
