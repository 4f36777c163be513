import { readSync } from 'node:fs'
import { codeOf } from './file-failure.ts'
import { type FileRole, sizeLimits, tooLarge } from './size-limits.ts'

/** Milliseconds between two looks at a FIFO whose writer has sent nothing. */
const lookAgain = 10
/** Milliseconds that a writer may send nothing: a person may have to type a passphrase. */
const maxSilence = 60_000

/**
 * Reads a FIFO until its writers have closed it. Throws if there is none: one may come, or may never. A FIFO can be read
 * only once, so this is also the error of a second read.
 */
export function fifoToEnd(handle: number, role: FileRole): Buffer {
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
