import type { Change, ThreeWay } from '../../model.ts'
import type { FieldReport } from '../model/change-report.ts'
import { changedOf } from '../model/field-views.ts'

/**
 * Adds to the fields of an update which side has changed each of them since the base. For creates and deletes, the
 * change itself has that.
 */
export function fieldsSince(
  change: Change,
  fields: readonly FieldReport[],
  since: ThreeWay | undefined,
): FieldReport[] {
  if (!since || change.action !== 'update') return [...fields]
  const { base, ours, theirs } = since
  if (!base) return fields.map((field) => ({ ...field, changedBy: 'both' }))
  const ourPaths = changedOf(base, change.after, ours).map(({ path }) => path)
  const theirPaths = changedOf(change.before, base, theirs).map(({ path }) => path)
  const includes = (paths: readonly string[], path: string) =>
    paths.some((other) => other === path || isWithin(other, path) || isWithin(path, other))
  return fields.map((field) => {
    const both = includes(ourPaths, field.path) && includes(theirPaths, field.path)
    return { ...field, changedBy: both ? 'both' : includes(theirPaths, field.path) ? 'theirs' : 'ours' }
  })
}

function isWithin(path: string, above: string): boolean {
  return path.startsWith(above) && /^[.[]/.test(path.slice(above.length))
}
