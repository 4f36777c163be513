import { dirname, isAbsolute, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { asSources, importedBy, importFormOf, readerFor, readerNamed, unknownFormat } from '../import/as-sources.ts'
import type { Imported, ImportInput, ImportReader } from '../import/reader.ts'
import { Failure } from '../issue.ts'
import { decodeText, readBytes, readTextIfExists, statIfExists } from '../read-file.ts'
import type { Source } from '../snapshot/parse.ts'
import { askInterpreter } from './ask-interpreter.ts'
import { readRevision, revisionOf } from './revision.ts'

/** What an import uses besides the files. */
export type ImportChoice = Pick<ImportInput, 'outputs' | 'names' | 'pools'> & {
  /** The name of the format; by default, the content tells. */
  readonly format?: string
  /** An interpreter that runs the code of the flows to say what Prefect takes from it. */
  readonly python?: string
}

type ImportContext = Pick<Context, 'cwd' | 'env' | 'stdin'> & Partial<Pick<Context, 'now' | 'signal'>>

/** Reads files of other formats as the texts of one snapshot. Throws `Failure` if one cannot be read or has no known format. */
export async function readImports(
  paths: readonly string[],
  choice: ImportChoice,
  context: ImportContext,
): Promise<readonly Source[]> {
  return asSources(await readImportedFiles(paths, choice, context))
}

/** A file of another format, and what it says. */
export type ImportedFile = { readonly file: string } & Imported

/** Reads files of other formats. Throws `Failure` if one cannot be read or has no known format. */
export async function readImportedFiles(
  paths: readonly string[],
  choice: ImportChoice,
  context: ImportContext,
): Promise<readonly ImportedFile[]> {
  const read: ImportedFile[] = []
  for (const path of paths) {
    const input = await inputOf(path, choice, context)
    const reader = choice.format === undefined ? readerFor(input.file, input.text) : readerNamed(choice.format)
    if (!reader) throw unknownFormat(path)
    const asked = choice.python === undefined ? input : await withFacts(reader, input, choice.python, context)
    read.push({ file: input.file, ...importedBy(reader, asked) })
  }
  return read
}

/** An input with what an interpreter says about its flows. A first reading collects their entrypoints. */
async function withFacts(
  reader: ImportReader,
  input: ImportInput,
  python: string,
  context: ImportContext,
): Promise<ImportInput> {
  const { folder } = input
  const entrypoints = new Set<string>()
  importedBy(reader, {
    ...input,
    flowFacts: (entrypoint) => {
      entrypoints.add(entrypoint)
      return undefined
    },
  })
  if (entrypoints.size === 0) return input
  if (folder === undefined) throw noCode(input.file)
  const program = /[/\\]/.test(python) ? resolve(context.cwd, python) : python
  const answers = await askInterpreter([...entrypoints], { python: program, folder }, context)
  return { ...input, flowFacts: (entrypoint) => answers.get(entrypoint) }
}

function noCode(file: string): Failure {
  const message = `--python runs the code beside the file, and ${file} has none beside it.`
  const fix = 'Check the revision out and pass the path of the file, or omit --python.'
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}

/** A path without the format before it. */
export function withoutFormat(path: string): string {
  return importFormOf(path)?.path ?? path
}

/** The reader of the file at a path, if it is a file of another format and no snapshot. */
export function formatOfFile(path: string, { cwd }: Pick<Context, 'cwd'>): ImportReader | undefined {
  if (path === '-' || revisionOf(path)) return undefined
  const place = resolve(cwd, path)
  if (!statIfExists(place, path)?.isFile()) return undefined
  const bytes = readBytes(place, 'snapshot', path)
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return undefined
  try {
    const text = decodeText(bytes, path)
    return /^["']?kind["']?\s*:\s*["']?snapshot\b/m.test(text) ? undefined : readerFor(path, text)
  } catch (error) {
    // What is no text is no file of another format.
    if (error instanceof Failure) return undefined
    throw error
  }
}

async function inputOf(path: string, choice: ImportChoice, context: ImportContext): Promise<ImportInput> {
  const { outputs, names, pools } = choice
  const common = {
    env: context.env,
    ...(outputs ? { outputs } : {}),
    ...(names ? { names } : {}),
    ...(pools ? { pools } : {}),
    ...(context.now ? { now: new Date(context.now()) } : {}),
  }
  const nothing = { readBeside: () => undefined }
  if (path === '-')
    return { ...common, ...nothing, file: '<stdin>', text: decodeText(await context.stdin(), '<stdin>') }
  const revision = revisionOf(path)
  if (revision) {
    const [blob] = await readRevision(revision, () => false, context)
    if (blob?.within !== '') throw notOneFile(path)
    return { ...common, ...nothing, file: path, text: decodeText(blob.bytes, path) }
  }
  const place = resolve(context.cwd, path)
  if (statIfExists(place, path)?.isDirectory()) throw notOneFile(path)
  const folder = dirname(place)
  return {
    ...common,
    file: path,
    text: decodeText(readBytes(place, 'snapshot', path), path),
    folder,
    readBeside: (within) => readCode(folder, within),
  }
}

/** The text of a file of code; undefined if it cannot be read. */
function readCode(folder: string, within: string): string | undefined {
  if (isAbsolute(within) || !within.endsWith('.py')) return undefined
  try {
    return readTextIfExists(resolve(folder, within), 'project file', within)
  } catch (error) {
    // The code only tells the flow's name, which can be told otherwise.
    if (error instanceof Failure) return undefined
    throw error
  }
}

function notOneFile(path: string): Failure {
  const message = `${path} is a directory. import reads files.`
  const fix = 'Pass the files, such as prefect.yaml.'
  return new Failure([{ code: 'unreadable-file', severity: 'error', message, fix }])
}
