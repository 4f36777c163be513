import type { ChangedBy } from '../../model.ts'
import type { ChangeReport, FieldReport } from '../model/change-report.ts'
import type { BaseReport } from '../model/report.ts'

/** The suffix of a name that says which side has changed it. */
export function byText(by: ChangedBy | undefined): string {
  return by === undefined ? '' : ` [${by}]`
}

/** The suffix of a field; empty unless both sides have changed the resource. */
export function fieldByText({ changedBy }: ChangeReport, field: FieldReport): string {
  return changedBy === 'both' ? byText(field.changedBy) : ''
}

/** The number of changes on each side since the base. */
export function sinceText({ ours, theirs, both, removed }: BaseReport): string {
  const parts = [
    ...(ours > 0 ? [`${ours} ours`] : []),
    ...(theirs > 0 ? [`${theirs} theirs, which apply would revert`] : []),
    ...(both > 0 ? [`${both} changed on both sides`] : []),
    ...(removed.length > 0 ? [`${removed.length} removed from the file, but not from the server`] : []),
  ]
  return parts.length > 0 ? parts.join('; ') : 'no changes on either side'
}
