import { isObject, type Json, type JsonObject, sameJson } from '../../json.ts'
import type { Kind } from '../../kind.ts'
import { listAt } from '../../list-at.ts'
import type { Ref, Resource, Snapshot } from '../../model.ts'
import { bySnapshotOrder, refOf } from '../../ref.ts'
import { differences } from '../../spec/differences.ts'
import { formatDocument, resourceText } from '../format.ts'
import type { Documents, Source } from '../parse.ts'
import { type Chunk, cutStream } from '../yaml/documents.ts'
import { parseYaml, valueOfDocument } from '../yaml/yaml.ts'
import { editText } from './edit-text.ts'
import { lineEndAt, withLineEndsOf, withPlainLineEnds } from './line-ends.ts'
import { mergeDocument } from './merge-document.ts'
import { endsInBlock } from './node-range.ts'
import { type Edit, withEdits } from './text-edit.ts'

/** The updated texts of a snapshot. */
export interface Update {
  /** Changed files; `text` is undefined for files to remove. */
  readonly files: readonly { readonly file: string; readonly text: string | undefined }[]
  readonly changed: readonly Ref[]
  readonly added: readonly Ref[]
  readonly removed: readonly Ref[]
}

export interface UpdateOptions {
  readonly kinds: readonly Kind[]
  /** The wanted resources; others are kept. */
  readonly wanted: readonly Resource[]
  readonly remove: ReadonlySet<Ref>
  /** Provenance for the header, which is only written together with other changes. */
  readonly source: Snapshot['source']
  /** What the header leaves to the destination from now on; as it is where absent. */
  readonly external?: readonly string[]
  /** The kinds of which resources are missing from now on; as it is where absent. */
  readonly incomplete?: readonly string[]
  /** The file for a new resource. */
  readonly fileOf: (resource: Resource) => string
}

/**
 * Updates the texts of a snapshot and rewrites only changed values. Unchanged documents keep their bytes; changed ones
 * keep everything beside the changes.
 */
export function updateTexts(sources: readonly Source[], read: Documents, options: UpdateOptions): Update {
  const { edits, fresh, ...done } = changesOf(read, options)
  const known = new Map(sources.map((source) => [source.file, source.text]))
  const ends = fresh.size > 0 ? documentEnds(read) : new Map<string, DocumentEnd[]>()
  const files = [...new Set([...known.keys(), ...fresh.keys()])].flatMap((file) => {
    const [before, added] = [known.get(file), fresh.get(file) ?? []]
    if (before === undefined) return [{ file, text: newFile(added, sources, options) }]
    const own = [...(edits.get(file) ?? []), ...insertions(file, before, ends.get(file) ?? [], added, options)]
    if (own.length === 0) return []
    const text = endedLike(before, withEdits(before, own))
    return [{ file, text: cutStream(file, text).length === 0 ? undefined : text }]
  })
  return { files: withHeader(files, sources, options), ...done }
}

/** The edits of changed and removed documents by file, the resources without a document, and the affected refs. */
function changesOf(read: Documents, { kinds, wanted, remove, fileOf }: UpdateOptions) {
  const edits = new Map<string, Edit[]>()
  const fresh = new Map<string, Resource[]>()
  const [changed, added, removed]: [Ref[], Ref[], Ref[]] = [[], [], []]
  const existing = new Map(read.snapshot.resources.map((resource) => [refOf(resource), resource]))
  for (const resource of wanted) {
    const ref = refOf(resource)
    const [before, chunk] = [existing.get(ref), read.chunks.get(ref)]
    const kind = kinds.find(({ name }) => name === resource.kind)
    if (!kind) continue
    if (!before || !chunk) {
      added.push(ref)
      listAt(fresh, fileOf(resource)).push(resource)
    } else if (differences(kind, before, resource, 'written').length > 0) {
      changed.push(ref)
      const edit = changeOf(chunk, (written) => mergeDocument(kind, written, before, resource))
      listAt(edits, chunk.file).push(edit)
    }
  }
  for (const ref of remove) {
    const chunk = read.chunks.get(ref)
    if (!chunk) continue
    removed.push(ref)
    listAt(edits, chunk.file).push({ ...wholeOf(chunk), text: '' })
  }
  return { edits, fresh, changed, added, removed }
}

/** Changes the value of a document. If it cannot be edited in place, it is rewritten below its leading comments. */
function changeOf(chunk: Chunk, next: (written: JsonObject) => JsonObject): Edit {
  const plain = withPlainLineEnds(chunk.text)
  const value = next(valueIn(plain))
  const text = withLineEndsOf(chunk.text, editText(plain, value) ?? rewritten(plain, chunk.marked, value))
  return { start: chunk.start, end: endOf(chunk), text: chunk.marked ? text.slice(3) : text }
}

/** The value of a valid document. */
function valueIn(text: string): JsonObject {
  const read = valueOfDocument(parseYaml(text, false).document, text)
  return 'value' in read && isObject(read.value) ? read.value : {}
}

function rewritten(text: string, marked: boolean, value: JsonObject): string {
  const above = /^\uFEFF?(?:[^\S\n\uFEFF]*(?:#[^\n]*)?\n)*/.exec(text)?.[0] ?? ''
  return (above === '' && marked ? '   \n' : above) + formatDocument(value)
}

function endOf({ start, text, marked }: Chunk): number {
  return start + text.length - (marked ? 3 : 0)
}

/** The range of a document, including its marker. */
function wholeOf(chunk: Chunk): { readonly start: number; readonly end: number } {
  return { start: chunk.marked ? chunk.start - 3 : chunk.start, end: endOf(chunk) }
}

/** A resource, and the end of its document. */
interface DocumentEnd {
  readonly resource: Resource
  readonly end: number
}

/** The documents of each file in snapshot order. */
function documentEnds({ snapshot, chunks }: Documents): Map<string, DocumentEnd[]> {
  const ends = new Map<string, DocumentEnd[]>()
  for (const resource of snapshot.resources) {
    const chunk = chunks.get(refOf(resource))
    if (chunk) listAt(ends, chunk.file).push({ resource, end: endOf(chunk) })
  }
  return ends
}

/** Inserts new documents, each after the document of the file that precedes it in snapshot order. */
function insertions(
  file: string,
  text: string,
  here: readonly DocumentEnd[],
  added: readonly Resource[],
  { kinds }: UpdateOptions,
): Edit[] {
  if (added.length === 0) return []
  const order = bySnapshotOrder<Resource>(kinds)
  const first = cutStream(file, text)[0]
  const start = first ? endOf(first) : 0
  let next = 0
  return [...added].sort(order).map((resource) => {
    while (next < here.length && order((here[next] as DocumentEnd).resource, resource) < 0) next++
    const at = Math.max(start, here[next - 1]?.end ?? 0)
    const lines = `${at > 0 && text[at - 1] !== '\n' ? '\n' : ''}---\n${resourceText(resource)}`
    return { start: at, end: at, text: lines.replaceAll('\n', lineEndAt(text, at)) }
  })
}

/** The text of a new file, with the line ends of the other files. */
function newFile(added: readonly Resource[], sources: readonly Source[], { kinds }: UpdateOptions): string {
  const documents = [...added].sort(bySnapshotOrder<Resource>(kinds)).map(resourceText)
  return documents.join('---\n').replaceAll('\n', lineEndAt(sources[0]?.text ?? '', 0))
}

/** Removes the final line end if the old text had none, unless a value needs it. */
function endedLike(before: string, text: string): string {
  if (before.endsWith('\n') || !text.endsWith('\n')) return text
  const last = cutStream('', text).at(-1)
  return last && endsInBlock(parseYaml(last.text, false).document.contents) ? text : text.replace(/\r?\n$/, '')
}

/**
 * The header with what is external, and, where something else is written too, with where that is from. Where neither
 * changes it stays as it is.
 */
function withHeader(
  files: Update['files'],
  sources: readonly Source[],
  { source, external, incomplete }: Pick<UpdateOptions, 'source' | 'external' | 'incomplete'>,
): Update['files'] {
  const first = sources[0]
  const text = files.find(({ file }) => file === first?.file)?.text ?? first?.text ?? ''
  const chunk = first && cutStream(first.file, text)[0]
  const header = chunk && valueIn(withPlainLineEnds(chunk.text))
  if (!chunk || !header) return files
  const before = header.external ?? []
  const after = external ?? before
  const scope = scopeWith(header.scope, incomplete)
  const isSame = sameJson(before, after) && sameJson(header.scope ?? null, scope ?? null)
  const from = source === undefined || (isSame && files.length === 0) ? header.source : { ...source }
  if (isSame && sameJson(header.source ?? null, from ?? null)) return files
  const { kind, version, source: _, scope: __, external: ___, ...rest } = header
  const next = {
    kind,
    version,
    ...(from === undefined ? {} : { source: from }),
    ...(scope === undefined ? {} : { scope }),
    ...(sameJson(after, []) ? {} : { external: after }),
    ...rest,
  } as JsonObject
  const edited = withEdits(text, [changeOf(chunk, () => next)])
  return [...files.filter(({ file }) => file !== first.file), { file: first.file, text: edited }]
}

/** The scope of a header with these incomplete kinds. */
function scopeWith(scope: Json | undefined, incomplete: readonly string[] | undefined): Json | undefined {
  const before = isObject(scope) ? (scope.incomplete ?? []) : []
  if (incomplete === undefined || sameJson(before, incomplete)) return scope
  return isObject(scope) ? { ...scope, incomplete } : { include: ['**'], exclude: [], incomplete }
}
