import type { Change, ChangedBy, ThreeWay } from '../../model.ts'
import type { ChangeReport, FieldReport } from '../model/change-report.ts'
import { changedOf } from '../model/field-views.ts'
import type { BaseReport } from '../model/report.ts'

/** The fields of a change with who changed each since the base; of what is made or deleted that is said by the change. */
export function fieldsSince(
  change: Change,
  fields: readonly FieldReport[],
  since: ThreeWay | undefined,
): FieldReport[] {
  if (!since || change.action !== 'update') return [...fields]
  const { base, ours, theirs } = since
  if (!base) return fields.map((field) => ({ ...field, changedBy: 'both' }))
  const here = changedOf(base, change.after, ours).map(({ path }) => path)
  const there = changedOf(change.before, base, theirs).map(({ path }) => path)
  const among = (paths: readonly string[], path: string) =>
    paths.some((other) => other === path || isWithin(other, path) || isWithin(path, other))
  return fields.map((field) => {
    const both = among(here, field.path) && among(there, field.path)
    return { ...field, changedBy: both ? 'both' : among(there, field.path) ? 'theirs' : 'ours' }
  })
}

function isWithin(path: string, above: string): boolean {
  return path.startsWith(above) && /^[.[]/.test(path.slice(above.length))
}

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
