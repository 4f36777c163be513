import { join } from 'node:path'
import { Failure } from '../issue.ts'
import { isObject, type Json, sameJson } from '../json.ts'
import type { Rename, Resource, Scope, Snapshot } from '../model.ts'
import { readTextIfExists } from '../read-file.ts'
import { conditionsOf } from '../selection/scope.ts'
import { flagsOf } from '../selection/selection.ts'
import { shellLine } from '../shell.ts'
import { headerFile } from '../snapshot/file-name.ts'
import { cutStream } from '../snapshot/yaml/documents.ts'
import { readValue } from '../snapshot/yaml/yaml-value.ts'

/** What an export does to a directory that holds an earlier one. */
export interface Renewal {
  /** As it is written: with the scope and the moves of the header that is there, where they are to stay. */
  readonly snapshot: Snapshot
  /** Whether the file of a resource that is not in the snapshot is removed. */
  gone(resource: Resource): boolean
}

/**
 * The same selection as before, or a wider one, makes the directory the export and nothing else. A narrower one renews what
 * it is about, and the rest stays with the scope that it has. Anything between the two has no scope that would be true, and
 * is refused by a `Failure`.
 */
export async function renewedScope(folder: string, snapshot: Snapshot): Promise<Renewal> {
  const { scope } = snapshot
  const read = ({ kind }: Resource) => !scope.incomplete.includes(kind)
  // Of what is not exported any more nobody knows what it would need: only what was chosen by itself is known to be gone.
  const chosen = conditionsOf(scope)
  const header = await headerIn(folder)
  if (!header) return { snapshot, gone: (resource) => read(resource) && chosen(resource) }
  const moved = snapshot.moved.length > 0 ? snapshot.moved : header.moved
  if (covers(scope, header.scope)) return { snapshot: { ...snapshot, moved }, gone: read }
  if (!covers(header.scope, scope)) throw refused(folder, header.scope, scope)
  const incomplete = [...new Set([...header.scope.incomplete, ...scope.incomplete])].sort()
  return {
    snapshot: { ...snapshot, moved, scope: { ...header.scope, incomplete } },
    gone: (resource) => read(resource) && chosen(resource),
  }
}

/** Whether everything that one scope takes is in another: as far as the globs themselves tell. */
function covers(wide: Scope, narrow: Scope): boolean {
  const { include, exclude, tags, kinds, dependents } = wide
  const within = (all: readonly string[] | undefined, some: readonly string[] | undefined) =>
    all === undefined || some?.every((word) => all.includes(word)) === true
  const everything = include.includes('**') && exclude.length === 0 && tags === undefined && kinds === undefined
  return (
    (include.includes('**') || narrow.include.every((glob) => include.includes(glob))) &&
    exclude.every((glob) => narrow.exclude.includes(glob)) &&
    within(tags, narrow.tags) &&
    within(kinds, narrow.kinds) &&
    (everything || dependents === true || narrow.dependents === undefined) &&
    sameJson((wide.within ?? null) as Json, (narrow.within ?? null) as Json)
  )
}

/** What the header of a directory says; undefined where it has none that can be read. */
async function headerIn(folder: string): Promise<{ scope: Scope; moved: readonly Rename[] } | undefined> {
  const file = join(folder, headerFile)
  const text = readTextIfExists(file, 'snapshot') ?? ''
  const [chunk] = cutStream(file, text)
  const read = chunk && readValue(chunk, 200)
  if (!read || !('value' in read) || !isObject(read.value) || read.value.kind !== 'snapshot') return undefined
  const scope = isObject(read.value.scope) ? (read.value.scope as unknown as Partial<Scope>) : {}
  const moved = Array.isArray(read.value.moved) ? (read.value.moved as unknown as Rename[]) : []
  return { scope: { include: ['**'], exclude: [], incomplete: [], ...scope }, moved }
}

function refused(folder: string, before: Scope, now: Scope): Failure {
  const said = (scope: Scope) => shellLine(flagsOf(scope))
  const message = `${folder} holds an export of ${said(before)}, and this one is of ${said(now)}`
  const fix = 'Export with the same selection, a narrower one or none, or into another directory.'
  return new Failure([{ code: 'scope-mismatch', severity: 'error', message, fix }])
}
