import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { Failure } from '../issue.ts'
import { byCodePoint } from '../json.ts'
import type { Snapshot } from '../model.ts'
import { formatSnapshot } from '../snapshot/format.ts'
import { layoutOf } from '../snapshot/layout.ts'
import type { Source } from '../snapshot/parse.ts'
import type { Io } from './io.ts'
import { readRevision, revisionOf } from './revision.ts'

/** Reads the texts of a snapshot: a file, a directory, either of them in a git revision, or `-` for standard input. */
export async function readSources(path: string, io: Io): Promise<readonly Source[]> {
  if (path === '-') return [{ file: '<stdin>', text: textOf(await io.stdin()) }]
  const revision = revisionOf(path)
  if (revision) {
    const blobs = await readRevision(revision, isYaml, io)
    const folder = /[:/]$/.test(path) ? path : `${path}/`
    return headerFirst(
      blobs.map(({ within, bytes }) => ({
        file: within === '' ? path : folder + within,
        within,
        text: textOf(bytes),
      })),
    )
  }
  try {
    if (!(await stat(path)).isDirectory()) return [{ file: path, text: textOf(await readFile(path)) }]
    const files = (await readdir(path, { recursive: true })).filter(isYaml)
    return headerFirst(
      await Promise.all(
        files.map(async (within) => {
          const file = relative('', join(path, within))
          return { file, within, text: textOf(await readFile(join(path, within))) }
        }),
      ),
    )
  } catch (error) {
    throw fileFailure('read', path, error)
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

function isYaml(file: string): boolean {
  return /\.ya?ml$/.test(file)
}

/** The files of a directory in their order: its header comes first. */
function headerFirst<T extends { readonly within: string }>(files: readonly T[]): T[] {
  const rank = ({ within }: T) => (within === 'snapshot.yaml' ? 0 : 1)
  return [...files].sort((a, b) => rank(a) - rank(b) || byCodePoint(a.within, b.within))
}

/** Writes a snapshot to standard output (`-`), a directory (an existing one, or a path that ends in `/`), or a file. */
export async function writeSnapshot(path: string, snapshot: Snapshot, mode: number, io: Io): Promise<void> {
  if (path === '-') return io.out(formatSnapshot(snapshot))
  try {
    const directory = path.endsWith('/') || (await stat(path).catch(() => undefined))?.isDirectory() === true
    if (!directory) return await writeOne(path, formatSnapshot(snapshot), mode)
    for (const { file, text } of layoutOf(snapshot)) await writeOne(join(path, file), text, mode)
  } catch (error) {
    throw fileFailure('write', path, error)
  }
}

async function writeOne(path: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { mode })
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
  return new Failure(
    [{ code: 'file', severity: 'error', message: `cannot ${verb} ${path}: ${reason}` }],
    verb === 'read' ? 3 : 1,
  )
}
