import { isUtf8 } from 'node:buffer'
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { Failure, type Issue } from './issue.ts'

/*
 * Every file that a user names is read here, so that no path can block the tool or exhaust its memory: devices and
 * sockets are refused, a FIFO is read as long as a process writes to it (`<(…)`, `/dev/stdin`), and every role has a size
 * limit. Reading is synchronous because the parsing that follows is too, and takes far longer.
 */

const MiB = 1024 * 1024

/**
 * Size limits in bytes. A V8 string holds at most 512 MiB minus 24 characters, so no limit for a text file can be
 * higher.
 */
export const sizeLimits = {
  /** One file of a snapshot, or a bundle as it is on disk. */
  snapshot: 256 * MiB,
  overlay: 16 * MiB,
  'policy file': MiB,
  /** A file that `init` writes. */
  'project file': MiB,
  'secret file': 16 * MiB,
  'env file': MiB,
  /** A file with Prefect's settings. */
  'settings file': MiB,
  'identity file': MiB,
  'CA file': 16 * MiB,
  'saved plan': 500 * MiB,
  journal: 500 * MiB,
} as const

/** The purpose of a file, which determines its size limit. */
export type FileRole = keyof typeof sizeLimits

/**
 * Reads a file, or a FIFO to its end. Throws `Failure` if it is missing, is something else, such as a device, or is larger
 * than the limit of its role.
 */
export function readBytes(path: string, role: FileRole, name = path): Buffer {
  try {
    return readBounded(path, role)
  } catch (error) {
    throw fileFailure('read', name, error)
  }
}

/**
 * Reads a UTF-8 text file and removes its byte order mark. Throws `Failure` like `readBytes`, and if the text is not
 * UTF-8.
 */
export function readText(path: string, role: FileRole, name = path): string {
  return textOf(readBytes(path, role, name), name)
}

function textOf(bytes: Buffer, name: string): string {
  return decodeText(bytes, name).replace(/^\uFEFF/, '')
}

/** Like `readText`, but returns undefined if there is no such file. Throws `Failure` for every other error. */
export function readTextIfExists(path: string, role: FileRole, name = path): string | undefined {
  return statIfExists(path, name) ? readText(path, role, name) : undefined
}

/** Like `readTextIfExists`, with the `Stats` of the file that was read, for a file whose owner matters. */
export function readTextAndStats(
  path: string,
  role: FileRole,
  name = path,
): { text: string; stats: Stats } | undefined {
  if (!statIfExists(path, name)) return undefined
  try {
    return withFile(path, (handle, stats) => ({ text: textOf(toEnd(handle, stats.size, role), name), stats }))
  } catch (error) {
    throw fileFailure('read', name, error)
  }
}

/**
 * The text of a `{file: …}` secret, byte for byte. Throws an `Error` whose message is only the reason, without the
 * path.
 */
export function readSecretText(path: string): string {
  try {
    const bytes = readBounded(path, 'secret file')
    if (!isUtf8(bytes)) throw new Error('it is not valid UTF-8')
    return bytes.toString('utf8')
  } catch (error) {
    throw new Error(reasonOf(error))
  }
}

/** The first bytes of a file; empty if it is not a readable regular file. */
export function readStart(path: string, length: number): Buffer {
  try {
    return withFile(path, (handle) => {
      const buffer = Buffer.alloc(length)
      return buffer.subarray(0, readSync(handle, buffer, 0, length, 0))
    })
  } catch {
    return Buffer.alloc(0)
  }
}

/** The `Stats` of a path, or undefined if nothing exists there. Throws `Failure` if the path cannot be examined. */
export function statIfExists(path: string, name = path): Stats | undefined {
  try {
    return statSync(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined
    throw fileFailure('read', name, error)
  }
}

/** Decodes UTF-8 and keeps the byte order mark. Throws `Failure` with the first line that is not UTF-8. */
export function decodeText(bytes: Uint8Array, name: string): string {
  if (!isUtf8(bytes)) throw notUtf8(bytes, name)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** Reads a stream, such as standard input, to its end. Throws `Failure` if it exceeds the size limit of its role. */
export async function readStream(stream: AsyncIterable<Uint8Array>, role: FileRole, name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length > sizeLimits[role]) throw fileFailure('read', name, tooLarge(role))
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function readBounded(path: string, role: FileRole): Buffer {
  return withFile(
    path,
    (handle, stats) => (stats.isFIFO() ? fifoToEnd(handle, role) : toEnd(handle, stats.size, role)),
    {
      orFifo: true,
    },
  )
}

/** Opens a regular file or, if asked for, a FIFO, passes its handle to `use`, and closes it. Throws for anything else. */
function withFile<T>(path: string, use: (handle: number, stats: Stats) => T, { orFifo = false } = {}): T {
  // Without O_NONBLOCK, opening a FIFO waits for a writer.
  const handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = fstatSync(handle)
    if (!stats.isFile() && !(orFifo && stats.isFIFO())) throw new Error(`it is ${typeOf(stats)}, not a regular file`)
    return use(handle, stats)
  } finally {
    closeSync(handle)
  }
}

/** Reads to the end, whatever size the system reports: files in /proc report 0. */
function toEnd(handle: number, size: number, role: FileRole): Buffer {
  const limit = sizeLimits[role]
  if (size > limit) throw tooLarge(role)
  let buffer = Buffer.allocUnsafe(size + 1)
  for (let length = 0; ; ) {
    const read = readSync(handle, buffer, length, buffer.length - length, null)
    if (read === 0) return buffer.subarray(0, length)
    length += read
    if (length > limit) throw tooLarge(role)
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.max(64 * 1024, 2 * length))
  }
}

/** Milliseconds between two looks at a FIFO whose writer has sent nothing. */
const lookAgain = 10
/** Milliseconds that a writer may send nothing: a person may have to type a passphrase. */
const maxSilence = 60_000

/**
 * Reads a FIFO until its writers have closed it. Throws if there is none: one may come, or may never. A FIFO can be read
 * only once, so this is also the error of a second read.
 */
function fifoToEnd(handle: number, role: FileRole): Buffer {
  const chunks: Buffer[] = []
  let [length, silence] = [0, 0]
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024)
    const read = readIfAny(handle, chunk)
    if (read === undefined) {
      if (silence >= maxSilence) throw new Error(`it is a FIFO, and nothing came for ${maxSilence / 1000} seconds`)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookAgain)
      silence += lookAgain
      continue
    }
    if (read === 0 && length === 0) throw new Error('it is a FIFO that no process writes to, or that was empty')
    if (read === 0) return Buffer.concat(chunks)
    silence = 0
    length += read
    if (length > sizeLimits[role]) throw tooLarge(role)
    chunks.push(chunk.subarray(0, read))
  }
}

/** Reads what a FIFO has; undefined if it has nothing yet and a process may still write to it. */
function readIfAny(handle: number, into: Buffer): number | undefined {
  try {
    return readSync(handle, into, 0, into.length, null)
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return undefined
    throw error
  }
}

function tooLarge(role: FileRole): Error {
  return new Error(`it is larger than ${sizeLimits[role] / MiB} MiB, the limit for a ${role}`)
}

function typeOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory'
  if (stats.isFIFO()) return 'a FIFO'
  if (stats.isSocket()) return 'a socket'
  return 'a device'
}

function notUtf8(bytes: Uint8Array, name: string): Failure {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start)
    if (!isUtf8(bytes.subarray(start, end < 0 ? undefined : end))) break
    start = end + 1
  }
  const issue: Issue = {
    code: 'unreadable-file',
    severity: 'error',
    message: `Cannot read ${name}: ${isUtf16 ? 'it is UTF-16 text' : `line ${line} is not valid UTF-8`}.`,
    fix: 'Save the file as UTF-8.',
    place: { file: name, line, column: 1 },
  }
  return new Failure([issue])
}

/** The failure for a file that cannot be read (`unreadable-file`) or written (`unwritable-file`). */
export function fileFailure(verb: 'read' | 'write', name: string, error: unknown): Failure {
  if (error instanceof Failure) return error
  const code = verb === 'read' ? 'unreadable-file' : 'unwritable-file'
  const message = `Cannot ${verb} ${name}: ${reasonOf(error)}.`
  return new Failure([{ code, severity: 'error', message }])
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission is denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is a file',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'the name is too long',
  ENXIO: 'it is a socket or device, not a regular file',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is larger than the system allows',
  EROFS: 'the file system is read-only',
}

/** Why a file could not be read or written, in words, without a period. */
export function reasonOf(error: unknown): string {
  return reasons[codeOf(error)] ?? (error instanceof Error ? error.message : String(error))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
