import { join, relative, resolve } from 'node:path'
import type { Context } from '../context.ts'
import type { Resource, Snapshot } from '../model.ts'
import { decodeText, fileFailure, readBytes, statIfExists } from '../read-file.ts'
import { headerFirst } from '../snapshot/directory-layout.ts'
import { encodeSnapshot, resourceBytes } from '../snapshot/format.ts'
import type { Source } from '../snapshot/parse.ts'
import { mayBePart, type WriteResult, writeDirectory, yamlBelow } from './directory.ts'
import { writeWhole } from './disk.ts'
import { renewedScope } from './export-scope.ts'
import { type Blob, readRevision, revisionOf } from './revision.ts'

/**
 * Reads the texts of a snapshot: a file, a directory, a bundle, any of them in a git revision, or `-` for standard input.
 * Throws `Failure` if it cannot be read.
 */
export async function readSources(
  path: string,
  context: Pick<Context, 'cwd' | 'env' | 'stdin'>,
): Promise<readonly Source[]> {
  if (path === '-') return sourcesOf('<stdin>', await context.stdin())
  const revision = revisionOf(path)
  if (revision) return sourcesOfBlobs(path, await readRevision(revision, mayBePart, context))
  const place = resolve(context.cwd, path)
  if (!statIfExists(place, path)?.isDirectory()) return sourcesOf(path, readBytes(place, 'snapshot', path))
  try {
    const files = (await yamlBelow(place)).map((within) => {
      const file = relative(context.cwd, join(place, within))
      return { file, within, text: decodeText(readBytes(join(place, within), 'snapshot', file), file) }
    })
    return headerFirst(files)
  } catch (error) {
    throw fileFailure('read', path, error)
  }
}

function sourcesOfBlobs(path: string, blobs: readonly Blob[]): Promise<readonly Source[]> | readonly Source[] {
  const [only] = blobs
  if (only?.within === '') return sourcesOf(path, only.bytes)
  const folder = /[:/]$/.test(path) ? path : `${path}/`
  return headerFirst(
    blobs.map(({ within, bytes }) => ({ file: folder + within, within, text: decodeText(bytes, folder + within) })),
  )
}

/** The one text that a file holds, or the texts of a bundle. Its first bytes say which, whatever its name. */
async function sourcesOf(file: string, bytes: Uint8Array): Promise<readonly Source[]> {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
  if (!isGzip) return [{ file, text: decodeText(bytes, file) }]
  const { readBundle, sourcesIn } = await import('./bundle-file.ts')
  return sourcesIn(file, await readBundle(file, bytes))
}

export interface HowToWrite {
  /** Permissions of files that are made. */
  readonly mode: number
  /** Over a directory: what of an earlier export stays there beside a narrower one, or nothing. */
  readonly over: 'renew' | 'replace'
  /** The bytes of a resource's document, where they have been made already. */
  readonly bytesOf?: (resource: Resource) => Buffer
}

/** The text of a snapshot as one stream of documents, for standard output. */
export function snapshotText(snapshot: Snapshot, bytesOf: (resource: Resource) => Buffer = resourceBytes): string {
  return encodeSnapshot(snapshot, bytesOf).toString('utf8')
}

/** Writes a snapshot to a file, or to a directory: an existing one, or a path that ends in `/`. */
export async function writeSnapshot(
  path: string,
  snapshot: Snapshot,
  { mode, over, bytesOf = resourceBytes }: HowToWrite,
): Promise<WriteResult> {
  try {
    const directory = path.endsWith('/') || statIfExists(path)?.isDirectory() === true
    if (!directory) {
      await writeWhole(path, encodeSnapshot(snapshot, bytesOf), mode)
      return { directory, written: 1, unchanged: 0, removed: [] }
    }
    const { snapshot: laid, gone } =
      over === 'renew' ? await renewedScope(path, snapshot) : { snapshot, gone: () => true }
    return await writeDirectory(path, laid, gone, mode)
  } catch (error) {
    throw fileFailure('write', path, error)
  }
}

/** Writes one file as a whole. Throws a `Failure` where it cannot be written. */
export async function writeText(path: string, content: string | Uint8Array, mode?: number): Promise<void> {
  await writeWhole(path, content, mode).catch((error: unknown) => {
    throw fileFailure('write', path, error)
  })
}
