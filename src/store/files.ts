import { join, relative, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { importFormOf } from '../import/as-sources.ts'
import { Failure } from '../issue.ts'
import type { Resource, Snapshot } from '../model.ts'
import { decodeText, fileFailure, readBytes, readStart, statIfExists } from '../read-file.ts'
import { headerFirst } from '../snapshot/directory-layout.ts'
import { encodeSnapshot, resourceBytes } from '../snapshot/format.ts'
import type { Source } from '../snapshot/parse.ts'
import { mayBePart, type ReplacedFile, type WriteResult, writeDirectory, yamlBelow } from './directory.ts'
import { planDirectoryUpdate } from './export-scope.ts'
import { readImports } from './imported-files.ts'
import { type OverwriteRule, refuseDirectoryLoss, refuseFileLoss } from './overwrite-guard.ts'
import { type Blob, readRevision, revisionOf } from './revision.ts'
import { writeAlone } from './whole-file.ts'

/**
 * Reads the texts of a snapshot: a file, a directory, a bundle, any of them in a git revision, `-` for standard input, or a file of
 * another format (`prefect-yaml:PATH`).
 * Throws `Failure` if it cannot be read.
 */
export async function readSources(
  path: string,
  context: Pick<Context, 'cwd' | 'env' | 'stdin'>,
): Promise<readonly Source[]> {
  const imported = importFormOf(path)
  if (imported) return readImports([imported.path], { format: imported.reader.name }, context)
  if (path === '-') return sourcesOf('<stdin>', await context.stdin())
  const revision = revisionOf(path)
  if (revision) return sourcesOfBlobs(path, await readRevision(revision, mayBePart, context))
  const place = resolve(context.cwd, path)
  if (!statIfExists(place, path)?.isDirectory()) return sourcesOf(path, readBytes(place, 'snapshot', path))
  try {
    const names = await yamlBelow(place)
    if (names.length === 0) throw noSnapshot(path)
    const files = names.map((within) => {
      const file = relative(context.cwd, join(place, within))
      return { file, within, text: decodeText(readBytes(join(place, within), 'snapshot', file), file) }
    })
    return headerFirst(files)
  } catch (error) {
    throw fileFailure('read', path, error)
  }
}

/** Whether the argument of a snapshot is a path on disk, not a git revision, another format or standard input. */
export function isPath(path: string): boolean {
  return path !== '-' && !revisionOf(path) && !importFormOf(path)
}

/** Whether a file of a directory has what looks like the header of a snapshot near its beginning. */
export async function holdsSnapshot(place: string): Promise<boolean> {
  const starts = (await yamlBelow(place)).map((within) => readStart(join(place, within), 64 * 1024).toString('utf8'))
  return starts.some((text) => /\bkind["']?\s*:\s*["']?snapshot\b/.test(text))
}

function noSnapshot(path: string): Failure {
  const message = `The directory ${path} has no YAML files, so it is not a snapshot.`
  const fix = 'Check the path. A snapshot has at least the file snapshot.yaml.'
  return new Failure([{ code: 'no-header', severity: 'error', message, fix }])
}

function sourcesOfBlobs(path: string, blobs: readonly Blob[]): Promise<readonly Source[]> | readonly Source[] {
  const [only] = blobs
  if (only?.within === '') return sourcesOf(path, only.bytes)
  const folder = /[:/]$/.test(path) ? path : `${path}/`
  return headerFirst(
    blobs.map(({ within, bytes }) => ({ file: folder + within, within, text: decodeText(bytes, folder + within) })),
  )
}

/** The text of a file, or the texts of a bundle. The first bytes tell which, whatever the name. */
async function sourcesOf(file: string, bytes: Uint8Array): Promise<readonly Source[]> {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
  if (!isGzip) return [{ file, text: decodeText(bytes, file) }]
  const { readBundle, sourcesIn } = await import('./bundle-file.ts')
  return sourcesIn(file, await readBundle(file, bytes))
}

export interface WriteOptions {
  /** Permissions of created files. */
  readonly mode: number
  /**
   * If the path is a directory with an earlier export: `renew` keeps resources outside a narrower selection; `replace`
   * removes them.
   */
  readonly existing: 'renew' | 'replace'
  /** What may be replaced; everything where it is absent. */
  readonly rule?: OverwriteRule
  /** Returns the encoded document of a resource, if already available. */
  readonly bytesOf?: (resource: Resource) => Buffer
}

/** Formats a snapshot as one stream of documents, for standard output. */
export function snapshotText(snapshot: Snapshot, bytesOf: (resource: Resource) => Buffer = resourceBytes): string {
  return encodeSnapshot(snapshot, bytesOf).toString('utf8')
}

/** Writes a snapshot to a file, or to a directory: an existing one, or a path that ends in `/`. Paths start at `cwd`. */
export async function writeSnapshot(
  path: string,
  snapshot: Snapshot,
  { mode, existing, rule, bytesOf = resourceBytes }: WriteOptions,
  { cwd }: Pick<Context, 'cwd'>,
): Promise<WriteResult> {
  const place = resolve(cwd, path)
  try {
    const directory = path.endsWith('/') || statIfExists(place, path)?.isDirectory() === true
    if (!directory) {
      const bytes = encodeSnapshot(snapshot, bytesOf)
      if (rule) await refuseFileLoss({ path: place, name: path }, rule, bytes)
      await writeAlone(place, bytes, mode)
      return { directory, written: 1, unchanged: 0, removed: [] }
    }
    const folder = { path: place, name: path }
    const { snapshot: written, isGone } =
      existing === 'renew' ? planDirectoryUpdate(folder, snapshot) : { snapshot, isGone: () => true }
    const allow = async (files: readonly ReplacedFile[]) => {
      if (rule) await refuseDirectoryLoss(folder, files, rule)
    }
    return await writeDirectory(folder, written, { gone: isGone, mode, allow })
  } catch (error) {
    throw fileFailure('write', path, error)
  }
}

/** Writes one file atomically and durably. The path is relative to `cwd`. Throws `Failure` if it cannot be written. */
export async function writeText(
  path: string,
  content: string | Uint8Array,
  { cwd }: Pick<Context, 'cwd'>,
  mode?: number,
): Promise<void> {
  await writeAlone(resolve(cwd, path), content, mode).catch((error: unknown) => {
    throw fileFailure('write', path, error)
  })
}
