import { join } from 'node:path'
import { Failure } from '../issue.ts'
import { isObject, type Json, sameJson } from '../json.ts'
import type { Rename, Resource, Scope, Snapshot } from '../model.ts'
import { readTextIfExists, statIfExists } from '../read-file.ts'
import { conditionsOf } from '../selection/scope.ts'
import { flagsOf } from '../selection/selection.ts'
import { shellLine } from '../shell.ts'
import { headerFile } from '../snapshot/file-name.ts'
import { cutStream } from '../snapshot/yaml/documents.ts'
import { readValue } from '../snapshot/yaml/yaml-value.ts'
import type { Folder } from './disk.ts'

/** The changes that an export makes to a directory with an earlier export. */
export interface DirectoryUpdate {
  /** The snapshot to write, with the header's scope and moves if they are to be kept. */
  readonly snapshot: Snapshot
  /** Whether to remove the file of a resource that is not in the snapshot. */
  isGone(resource: Resource): boolean
}

/**
 * Determines how an export updates a directory. The same selection as before, or a wider one, replaces the content. A
 * narrower one updates only its own resources, and the directory keeps its scope. Throws `Failure` for any other
 * selection, because no scope would describe the result.
 */
export function planDirectoryUpdate(folder: Folder, snapshot: Snapshot): DirectoryUpdate {
  const { scope } = snapshot
  const wasRead = ({ kind }: Resource) => !scope.incomplete.includes(kind)
  // Dependencies outside of this export are not known, so only resources selected by the conditions themselves are
  // known to be gone.
  const isSelected = conditionsOf(scope)
  const header = headerIn(folder)
  if (!header) return { snapshot, isGone: (resource) => wasRead(resource) && isSelected(resource) }
  const moved = snapshot.moved.length > 0 ? snapshot.moved : header.moved
  if (covers(scope, header.scope)) return { snapshot: { ...snapshot, moved }, isGone: wasRead }
  if (!covers(header.scope, scope)) throw refused(folder.name, header.scope, scope)
  const incomplete = [...new Set([...header.scope.incomplete, ...scope.incomplete])].sort()
  return {
    snapshot: { ...snapshot, moved, scope: { ...header.scope, incomplete } },
    isGone: (resource) => wasRead(resource) && isSelected(resource),
  }
}

/** What the snapshot in a directory leaves out, which an export into it keeps; nothing for any other path. */
export function leftOutOf(folder: Folder): { external: readonly string[]; dependencies: boolean } {
  const header = statIfExists(folder.path, folder.name)?.isDirectory() ? headerIn(folder) : undefined
  return { external: header?.external ?? [], dependencies: header?.scope.dependencies !== false }
}

/** Whether a scope includes another, as far as the conditions show without resources. */
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

/** What the header of a directory says; undefined if it has none. Throws `Failure` if its file is not a valid header. */
function headerIn(folder: Folder): { scope: Scope; moved: readonly Rename[]; external: readonly string[] } | undefined {
  const file = join(folder.name, headerFile)
  const text = readTextIfExists(join(folder.path, headerFile), 'snapshot', file)
  if (text === undefined || text === '') return undefined
  const [chunk] = cutStream(file, text)
  const read = chunk && readValue(chunk)
  if (read && !('value' in read)) throw new Failure(read.issues)
  const value = read?.value
  if (!isObject(value) || value.kind !== 'snapshot') throw invalidHeader(file)
  const scope = isObject(value.scope) ? (value.scope as unknown as Partial<Scope>) : {}
  const moved = Array.isArray(value.moved) ? (value.moved as unknown as Rename[]) : []
  const external = Array.isArray(value.external) ? (value.external as string[]) : []
  return { scope: { include: ['**'], exclude: [], incomplete: [], ...scope }, moved, external }
}

function invalidHeader(file: string): Failure {
  const message = `${file} is not the header of a snapshot.`
  const fix = 'Begin it with kind: snapshot, version: 1, or export into another directory.'
  return new Failure([{ code: 'no-header', severity: 'error', message, fix, place: { file, line: 1, column: 1 } }])
}

function refused(folder: string, before: Scope, now: Scope): Failure {
  const text = (scope: Scope) => shellLine(flagsOf(scope))
  const message = `${folder} contains an export of ${text(before)}, but this export is of ${text(now)}.`
  const fix = 'Export with the same selection, a narrower one or none, or into another directory.'
  return new Failure([{ code: 'scope-mismatch', severity: 'error', message, fix }])
}
