import type { Issue, Place } from '../issue.ts'
import type { JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import { append } from '../list-at.ts'
import type { Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { matcherOf } from '../selection/scope.ts'
import type { Origin } from '../snapshot/parse.ts'
import { suggest } from '../suggest.ts'
import type { Entry } from './parse-entry.ts'
import { type Changed, withMerged, withoutPlaces, withSetting } from './patch.ts'
import { noMatch } from './renames.ts'
import { withReplaced } from './replace-text.ts'
import { meets, schemaFaults } from './where.ts'

/** A resource while an overlay is applied to it. */
export interface Work {
  readonly kind: Kind
  readonly resource: Resource
  /** Lists are in the order in which they are written, since pointers count their items. */
  document: JsonObject
  /** The document before the overlay. */
  readonly initial: JsonObject
  /** The place of each change in the overlay, in order. */
  readonly origins: Origin[]
  dropped: boolean
}

/** The documents that an entry is about; an issue if there are none. */
function matchedBy(entry: Entry, works: readonly Work[], kinds: readonly Kind[], issues: Issue[]): Work[] {
  const matches = matcherOf(entry.match)
  const named = works.filter(({ resource }) => matches(refOf(resource)))
  const { where } = entry
  if (named.length === 0) {
    const similar = suggest(
      entry.match,
      works.map(({ resource }) => refOf(resource)),
    )
    issues.push(
      noMatch(entry.place, `${entry.match} matches nothing.`, similar ? `Did you mean ${similar}?` : undefined),
    )
    return []
  }
  if (!where) return named
  const faults = where.schema === undefined ? [] : schemaFaults(where.schema, kinds)
  for (const { pointer, message, fix } of faults) {
    const told = `where.schema${pointer}: ${message}`
    issues.push({
      code: 'invalid-overlay',
      severity: 'error',
      message: told,
      place: where.place,
      ...(fix ? { fix } : {}),
    })
  }
  if (faults.length > 0) return []
  const fits = meets(where)
  const found = named.filter(({ kind, document }) => fits(kind, document))
  if (found.length > 0) return found
  const message = `None of the ${named.length} documents that ${entry.match} matches is as where says.`
  issues.push(noMatch(where.place, message, 'Correct where, or remove the entry.'))
  return []
}

/** Applies an entry to the documents that it is about, and returns those. What has no effect is an issue. */
export function applyEntry(entry: Entry, works: readonly Work[], kinds: readonly Kind[], issues: Issue[]): Work[] {
  const matched = matchedBy(entry, works, kinds, issues)
  if (matched.length === 0) return matched
  for (const { place, ...replacement } of entry.replace) {
    const replaced = matched.filter((work) => record(work, withReplaced(work.kind, work.document, replacement), place))
    if (replaced.length > 0) continue
    const where = replacement.at.length > 0 ? ` at ${replacement.at.join(', ')}` : ''
    issues.push(noMatch(place, `"${replacement.from}" is in no text${where} of ${namesText(matched)}.`))
  }
  for (const { pointer, value, place } of entry.merge)
    for (const work of matched) record(work, withMerged(work.document, pointer, value), place)
  for (const { pointer, value, place } of entry.set) {
    const missing = matched.filter(
      (work) => !record(work, withSetting(work.kind, work.document, pointer, value), place),
    )
    if (missing.length === 0) continue
    const message = `${pointer} cannot be set in ${namesText(missing)}: its parent does not exist.`
    issues.push(noMatch(place, message, 'Set its parent, use merge, or match fewer resources.'))
  }
  for (const { pointer, place } of entry.remove) {
    const removed = matched.filter((work) => record(work, withoutPlaces(work.document, pointer), place))
    if (removed.length === 0) issues.push(noMatch(place, `${pointer} is in none of ${namesText(matched)}.`))
  }
  if (entry.drop) for (const work of matched) work.dropped = true
  return matched
}

/** Records a change with its place. Returns false if nothing was changed. */
function record(work: Work, changed: Changed | undefined, place: Place): boolean {
  if (!changed) return false
  work.document = changed.document
  append(
    work.origins,
    changed.pointers.map((pointer) => ({ pointer, place })),
  )
  return true
}

function namesText(works: readonly Work[]): string {
  const refs = works.slice(0, 3).map(({ resource }) => refOf(resource))
  return refs.join(', ') + (works.length > 3 ? ` and ${works.length - 3} more` : '')
}
