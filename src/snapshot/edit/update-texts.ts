import { isObject, type JsonObject, sameJson } from '../../json.ts'
import type { Kind } from '../../kind.ts'
import { listAt } from '../../list-at.ts'
import type { Ref, Resource, Snapshot } from '../../model.ts'
import { bySnapshotOrder, refOf } from '../../ref.ts'
import { differences } from '../../spec.ts'
import { formatDocument, resourceText } from '../format.ts'
import type { Documents, Source } from '../parse.ts'
import { type Chunk, cutStream } from '../yaml/documents.ts'
import { parseYaml, valueOfDocument } from '../yaml/yaml.ts'
import { editText } from './edit-text.ts'
import { merged } from './merge-document.ts'
import { type Edit, withEdits } from './text-edit.ts'

/** What becomes of the texts of a snapshot. */
export interface Update {
  /** Files with another text, and those that are gone. */
  readonly files: readonly { readonly file: string; readonly text: string | undefined }[]
  readonly changed: readonly Ref[]
  readonly added: readonly Ref[]
  readonly removed: readonly Ref[]
}

export interface UpdateOptions {
  readonly kinds: readonly Kind[]
  /** What the resources should be; those that are not named stay as they are. */
  readonly wanted: readonly Resource[]
  readonly remove: ReadonlySet<Ref>
  /** Provenance for the header, which is not written for its own sake. */
  readonly source: Snapshot['source']
  /** The file that a new resource is written into. */
  readonly fileOf: (resource: Resource) => string
}

/**
 * The updated texts of a snapshot, in which only changed values are rewritten. A document that is up to date keeps
 * its bytes; one that is not keeps what somebody wrote around and beside what changed.
 */
export function updateTexts(sources: readonly Source[], read: Documents, options: UpdateOptions): Update {
  const edits = new Map<string, Edit[]>(sources.map(({ file }) => [file, []]))
  const push = (file: string, edit: Edit) => listAt(edits, file).push(edit)
  const held = new Map(read.snapshot.resources.map((resource) => [refOf(resource), resource]))
  const done = { changed: [] as Ref[], added: [] as Ref[], removed: [] as Ref[] }
  const fresh = new Map<string, Resource[]>()
  for (const resource of options.wanted) {
    const ref = refOf(resource)
    const [before, chunk] = [held.get(ref), read.chunks.get(ref)]
    const kind = options.kinds.find(({ name }) => name === resource.kind)
    if (!kind) continue
    if (!before || !chunk) {
      done.added.push(ref)
      const file = options.fileOf(resource)
      listAt(fresh, file).push(resource)
    } else if (differences(kind, before, resource, 'written').length > 0) {
      done.changed.push(ref)
      push(
        chunk.file,
        changeOf(chunk, (written) => merged(kind, written, before, resource)),
      )
    }
  }
  for (const ref of options.remove) {
    const chunk = read.chunks.get(ref)
    if (!chunk) continue
    done.removed.push(ref)
    push(chunk.file, { ...wholeOf(chunk), text: '' })
  }
  const known = new Map(sources.map((source) => [source.file, source.text]))
  const files = [...new Set([...edits.keys(), ...fresh.keys()])].flatMap((file) => {
    const own = [...(edits.get(file) ?? []), ...insertions(file, known.get(file), fresh.get(file) ?? [], read, options)]
    if (own.length === 0) return []
    const text = withEdits(known.get(file) ?? '', own)
    return [{ file, text: cutStream(file, text).length === 0 ? undefined : text }]
  })
  return { files: withSource(files, sources, options.source), ...done }
}

/** A document with another value; rewritten as a whole, below its leading comments, if it cannot be edited in place. */
function changeOf(chunk: Chunk, next: (written: JsonObject) => JsonObject): Edit {
  const value = next(valueIn(chunk))
  const text = editText(chunk.text, value) ?? rewritten(chunk, value)
  return { start: chunk.start, end: endOf(chunk), text: chunk.marked ? text.slice(3) : text }
}

/** The value of a document without faults. */
function valueIn({ text }: Chunk): JsonObject {
  const read = valueOfDocument(parseYaml(text, false).document, text)
  return 'value' in read && isObject(read.value) ? read.value : {}
}

function rewritten({ text, marked }: Chunk, value: JsonObject): string {
  const above = /^(?:[^\S\n]*(?:#[^\n]*)?\n)*/.exec(text)?.[0] ?? ''
  return (above === '' && marked ? '   \n' : above) + formatDocument(value)
}

function endOf({ start, text, marked }: Chunk): number {
  return start + text.length - (marked ? 3 : 0)
}

/** A document with the marker that it begins with. */
function wholeOf(chunk: Chunk): { readonly start: number; readonly end: number } {
  return { start: chunk.marked ? chunk.start - 3 : chunk.start, end: endOf(chunk) }
}

/** New documents, each behind the last one of the file that comes before it in the order of a snapshot. */
function insertions(
  file: string,
  text: string | undefined,
  fresh: readonly Resource[],
  { snapshot, chunks }: Documents,
  { kinds }: UpdateOptions,
): Edit[] {
  const order = bySnapshotOrder<Resource>(kinds)
  const added = [...fresh].sort(order).map((resource) => ({ resource, document: resourceText(resource) }))
  if (text === undefined) return [{ start: 0, end: 0, text: added.map(({ document }) => document).join('---\n') }]
  const here = snapshot.resources.flatMap((resource) => {
    const chunk = chunks.get(refOf(resource))
    return chunk?.file === file ? [{ resource, end: endOf(chunk) }] : []
  })
  const first = cutStream(file, text)[0]
  return added.map(({ resource, document }) => {
    const before = here.filter((other) => order(other.resource, resource) < 0).map(({ end }) => end)
    const at = Math.max(first ? endOf(first) : 0, ...before.slice(-1))
    return { start: at, end: at, text: `${at > 0 && text[at - 1] !== '\n' ? '\n' : ''}---\n${document}` }
  })
}

/** The header with where the rest is from, where something else is written too. */
function withSource(files: Update['files'], sources: readonly Source[], source: Snapshot['source']): Update['files'] {
  const first = sources[0]
  if (files.length === 0 || source === undefined || !first) return files
  const text = files.find(({ file }) => file === first.file)?.text ?? first.text
  const chunk = cutStream(first.file, text)[0]
  const header = chunk && valueIn(chunk)
  if (!chunk || !header || sameJson(header.source, { ...source })) return files
  const { kind, version, source: _, ...rest } = header
  const next = { kind, version, source: { ...source }, ...rest } as JsonObject
  const edited = withEdits(text, [changeOf(chunk, () => next)])
  return [...files.filter(({ file }) => file !== first.file), { file: first.file, text: edited }]
}
