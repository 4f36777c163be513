import { Failure } from '../issue.ts'
import { sameJson } from '../json.ts'
import { formatDocument } from '../snapshot/format.ts'
import type { Source } from '../snapshot/parse.ts'
import { readers } from './all.ts'
import type { Imported, ImportedDocument, ImportInput, ImportReader } from './reader.ts'

/** A path with a format, `prefect-yaml:PATH`; undefined for other paths. */
export function importFormOf(path: string): { readonly reader: ImportReader; readonly path: string } | undefined {
  const reader = readers.find(({ name }) => path.startsWith(`${name}:`))
  return reader && { reader, path: path.slice(reader.name.length + 1) }
}

/** The reader of a file, by its content and its name; undefined if no format fits. */
export function readerFor(file: string, text: string): ImportReader | undefined {
  return readers.find((reader) => reader.recognizes(file, text))
}

/** The reader with a name. Throws `Failure` if there is none. */
export function readerNamed(name: string): ImportReader {
  const reader = readers.find((each) => each.name === name)
  if (reader) return reader
  const message = `There is no format ${name} to import.`
  const fix = `Formats: ${readers.map((each) => each.name).join(', ')}.`
  throw new Failure([{ code: 'usage', severity: 'error', message, fix }])
}

/** What a reader makes of a file. A `Failure` of the reader becomes its issues, so that the faults of all files are told at once. */
export function importedBy(reader: ImportReader, input: ImportInput): Imported {
  try {
    return reader.read(input)
  } catch (error) {
    if (error instanceof Failure) return { documents: [], external: [], issues: error.issues }
    throw error
  }
}

/** Why a file cannot be imported: no format fits. */
export function unknownFormat(file: string): Failure {
  const message = `${file} has none of the formats that can be imported.`
  const fix = `Name the format with --as: ${readers.map(({ name, summary }) => `${name} (${summary})`).join(', ')}.`
  return new Failure([{ code: 'unknown-format', severity: 'error', message, fix, place: { file, line: 1, column: 1 } }])
}

/** The texts of one snapshot with the documents of all files. A flow that several files have is one document. */
export function asSources(files: readonly ({ readonly file: string } & Imported)[]): readonly Source[] {
  const external = [...new Set(files.flatMap((each) => each.external))]
  const issues = files.flatMap((each) => each.issues)
  const [first] = files
  const header = { kind: 'snapshot', version: 1, ...(external.length > 0 ? { external } : {}) }
  const text = formatDocument(header)
  const documents: (ImportedDocument & { readonly file: string })[] = []
  const flows = new Map<unknown, ImportedDocument>()
  for (const { file, documents: own } of files)
    for (const each of own) {
      const { kind, key } = each.document
      const known = kind === 'flow' ? flows.get(key) : undefined
      if (known && sameJson(known.document, each.document)) continue
      if (kind === 'flow') flows.set(key, each)
      documents.push({ ...each, file })
    }
  const start = { file: first?.file ?? '', line: 1, column: 1 }
  return [
    { file: first?.file ?? '', text, origin: () => start, issues },
    ...documents.map(({ file, document, origin }) => ({ file, text: formatDocument(document), origin })),
  ]
}
