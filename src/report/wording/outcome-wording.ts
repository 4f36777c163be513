import { visible } from '../../plain-text.ts'
import type { OutcomeReport } from '../model/change-report.ts'
import { valueText } from '../wording/value-wording.ts'

/** The reason why a change is not `done`, as a suffix. */
export function whyText({ issue, because, fields = [] }: OutcomeReport): string {
  if (issue) return `: ${visible(issue.message)}`
  if (because !== undefined) return `: it needs ${visible(because)}`
  const values = fields.map(
    ({ path, before, after }) => `${path}: sent ${valueText(after, 60)}, the server has ${valueText(before, 60)}`,
  )
  return values.length > 0 ? `: ${values.join('; ')}` : ''
}
