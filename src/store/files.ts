import { createReadStream } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import type { Resource, Snapshot } from '../model.ts'
import { headerFirst } from '../snapshot/directory-layout.ts'
import { encodeSnapshot, resourceBytes } from '../snapshot/format.ts'
import type { Source } from '../snapshot/parse.ts'
import { mayBePart, type WriteResult, writeDirectory, yamlBelow } from './directory.ts'
import { forEachFile, writeWhole } from './disk.ts'
import { renewedScope } from './export-scope.ts'
import { readRevision, revisionOf } from './revision.ts'

/** Reads the texts of a snapshot: a file, a directory, a bundle, any of them in a git revision, or `-` for standard input. */
export async function readSources(path: string, context: Context): Promise<readonly Source[]> {
  if (path === '-') return sourcesOf('<stdin>', await context.stdin())
  const revision = revisionOf(path)
  if (revision) {
    const blobs = await readRevision(revision, mayBePart, context)
    const [only] = blobs
    if (only?.within === '') return sourcesOf(path, only.bytes)
    const folder = /[:/]$/.test(path) ? path : `${path}/`
    return headerFirst(
      blobs.map(({ within, bytes }) => ({
        file: folder + within,
        within,
        text: textOf(bytes),
      })),
    )
  }
  try {
    const about = await stat(path)
    if (about.isFile() && (await beginsAsGzip(path))) return await unpacked(path, createReadStream(path))
    if (!about.isDirectory()) return await sourcesOf(path, await readFile(path))
    const files = await forEachFile(await yamlBelow(path), async (within) => {
      const file = join(path, within)
      return { file: relative('', file), within, text: textOf(await readFile(file)) }
    })
    return headerFirst(files)
  } catch (error) {
    throw fileFailure('read', path, error)
  }
}

/** What a file holds: one text, or the texts of a bundle. */
async function sourcesOf(file: string, bytes: Uint8Array): Promise<readonly Source[]> {
  return isGzip(bytes) ? unpacked(file, whole(bytes)) : [{ file, text: textOf(bytes) }]
}

async function* whole(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}

async function unpacked(file: string, packed: AsyncIterable<Uint8Array>): Promise<readonly Source[]> {
  const { readBundle, sourcesIn } = await import('./bundle-file.ts')
  return sourcesIn(file, await readBundle(file, packed))
}

/** The first bytes say what a file is, whatever its name. */
function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

async function beginsAsGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    return isGzip((await file.read(Buffer.alloc(2), 0, 2, 0)).buffer)
  } finally {
    await file.close()
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
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
  return textOf(encodeSnapshot(snapshot, bytesOf))
}

/** Writes a snapshot to a file, or to a directory: an existing one, or a path that ends in `/`. */
export async function writeSnapshot(
  path: string,
  snapshot: Snapshot,
  { mode, over, bytesOf = resourceBytes }: HowToWrite,
): Promise<WriteResult> {
  try {
    const directory = path.endsWith('/') || (await stat(path).catch(() => undefined))?.isDirectory() === true
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

/** Why a file could not be read (exit 3) or written (exit 1), in words. */
export function fileFailure(verb: 'read' | 'write', path: string, error: unknown): Failure {
  if (error instanceof Failure) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission is denied',
    EISDIR: 'it is a directory',
    ENOTDIR: 'a part of the path is a file',
    ENOSPC: 'the disk is full',
  }
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error))
  return new Failure([
    {
      code: verb === 'read' ? 'unreadable-file' : 'unwritable-file',
      severity: 'error',
      message: `cannot ${verb} ${path}: ${reason}`,
    },
  ])
}
