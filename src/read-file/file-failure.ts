import { isUtf8 } from 'node:buffer'
import { Failure, type Issue } from '../issue.ts'

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

/** The code of a system error; empty for any other. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** The failure for a text that is not UTF-8, with its first such line. */
export function notUtf8(bytes: Uint8Array, name: string): Failure {
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
