import { isUtf8 } from 'node:buffer'
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { fifoToEnd } from './read-file/fifo.ts'
import { codeOf, fileFailure, notUtf8, reasonOf } from './read-file/file-failure.ts'
import { type FileRole, sizeLimits, tooLarge } from './read-file/size-limits.ts'

export { fileFailure, reasonOf } from './read-file/file-failure.ts'
export { type FileRole, sizeLimits } from './read-file/size-limits.ts'

/*
 * Every file that a user names is read here, so that no path can block the tool or exhaust its memory: devices and
 * sockets are refused, a FIFO is read as long as a process writes to it (`<(…)`, `/dev/stdin`), and every role has a size
 * limit. Reading is synchronous because the parsing that follows is too, and takes far longer.
 */

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

function typeOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory'
  if (stats.isFIFO()) return 'a FIFO'
  if (stats.isSocket()) return 'a socket'
  return 'a device'
}
