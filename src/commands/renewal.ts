import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../issue.ts'
import { isObject, type Json, sameJson } from '../json.ts'
import type { Move, Ref, Scope, Snapshot } from '../model.ts'
import { splitRef } from '../ref.ts'
import { inScope } from '../select.ts'
import { cutStream } from '../snapshot/documents.ts'
import { headerFile } from '../snapshot/file-name.ts'
import { readValue } from '../snapshot/value.ts'
import { exits } from './io.ts'

/** What an export does to a directory that holds an earlier one. */
export interface Renewal {
  /** As it is written: with the scope and the moves of the header that is there, where they are to stay. */
  readonly snapshot: Snapshot
  /** Whether the file of a resource that is not in the snapshot is removed. */
  gone(ref: Ref): boolean
}

/**
 * The same selection as before, or a wider one, makes the directory the export and nothing else. A narrower one renews what
 * it is about, and the rest stays with the scope that it has. Anything between the two has no scope that would be true, and
 * is refused by a `Failure`.
 */
export async function renewalOf(folder: string, snapshot: Snapshot): Promise<Renewal> {
  const { scope } = snapshot
  const read = (ref: Ref) => !scope.incomplete.includes(splitRef(ref).kind)
  const header = await headerIn(folder)
  if (!header) return { snapshot, gone: (ref) => read(ref) && inScope(scope, ref) }
  const moved = snapshot.moved.length > 0 ? snapshot.moved : header.moved
  if (covers(scope, header.scope)) return { snapshot: { ...snapshot, moved }, gone: read }
  if (!covers(header.scope, scope)) throw refused(folder, header.scope, scope)
  const incomplete = [...new Set([...header.scope.incomplete, ...scope.incomplete])].sort()
  return {
    snapshot: { ...snapshot, moved, scope: { ...header.scope, incomplete } },
    gone: (ref) => read(ref) && inScope(scope, ref),
  }
}

/** Whether everything that one scope takes is in another: as far as the globs themselves tell. */
function covers(wide: Scope, narrow: Scope): boolean {
  const { include, exclude, incomplete: _, ...rest } = wide
  const { include: included, exclude: excluded, incomplete: __, ...others } = narrow
  return (
    sameJson(rest as Json, others as Json) &&
    (include.includes('**') || included.every((glob) => include.includes(glob))) &&
    exclude.every((glob) => excluded.includes(glob))
  )
}

/** What the header of a directory says; undefined where it has none that can be read. */
async function headerIn(folder: string): Promise<{ scope: Scope; moved: readonly Move[] } | undefined> {
  const file = join(folder, headerFile)
  const text = await readFile(file, 'utf8').catch(() => '')
  const [chunk] = cutStream(file, text)
  const read = chunk && readValue(chunk, 200)
  if (!read || !('value' in read) || !isObject(read.value) || read.value.kind !== 'snapshot') return undefined
  const scope = isObject(read.value.scope) ? (read.value.scope as unknown as Partial<Scope>) : {}
  const moved = Array.isArray(read.value.moved) ? (read.value.moved as unknown as Move[]) : []
  return { scope: { include: ['**'], exclude: [], incomplete: [], ...scope }, moved }
}

function refused(folder: string, before: Scope, now: Scope): Failure {
  const said = ({ include, exclude }: Scope) =>
    [...include.map((glob) => `--include ${glob}`), ...exclude.map((glob) => `--exclude ${glob}`)].join(' ')
  const message = `${folder} holds an export of ${said(before)}, and this one is of ${said(now)}`
  const fix = 'Export with the same selection, with a part of it or with all, or into another directory'
  return new Failure([{ code: 'other-scope', severity: 'error', message, fix }], exits.usage)
}
