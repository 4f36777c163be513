import type { ChangedBy } from '../../model.ts'
import type { ChangeReport, FieldReport } from '../model/change-report.ts'
import type { BaseReport } from '../model/report.ts'

/** What stands behind a name: who changed it. */
export function byText(by: ChangedBy | undefined): string {
  return by === undefined ? '' : ` [${by}]`
}

/** Behind a field only where the change itself does not say it. */
export function fieldByText({ changedBy }: ChangeReport, field: FieldReport): string {
  return changedBy === 'both' ? byText(field.changedBy) : ''
}

/** How many changes come from where, and what that means. */
export function sinceText({ ours, theirs, both }: BaseReport): string {
  const parts = [
    ...(ours > 0 ? [`${ours} ours`] : []),
    ...(theirs > 0 ? [`${theirs} theirs, which apply would take back`] : []),
    ...(both > 0 ? [`${both} changed on both sides`] : []),
  ]
  return parts.length > 0 ? parts.join('; ') : 'nothing to tell apart'
}
