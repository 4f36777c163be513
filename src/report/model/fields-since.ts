import type { Change, ThreeWay } from '../../model.ts'
import type { FieldReport } from '../model/change-report.ts'
import { changedOf } from '../model/field-views.ts'

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
