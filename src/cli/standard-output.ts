import { fstatSync, writeSync } from 'node:fs'
import type { Issue } from '../issue.ts'
import { fileFailure } from '../read-file.ts'

/** Standard output, which may be a file on a full disk, or a pipe that nobody reads any more. */
export interface StandardOutput {
  write(text: string): void
  /** Waits for the system's errors about what was written. Returns the first one, if it lost a part of the output. */
  settled(): Promise<Issue | undefined>
}

/** The parts of `process` that are needed; `writeFile` writes to a file and returns the number of bytes that it took. */
export interface OutputStreams {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly isFile: boolean
  readonly writeFile: (bytes: Uint8Array) => number
}

/** The streams of this process. */
export function processStreams(): OutputStreams {
  const { stdout, stderr } = process
  return { stdout, stderr, isFile: isFile(stdout.fd), writeFile: (bytes) => writeSync(stdout.fd, bytes) }
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile()
  } catch {
    // It was closed before the process began.
    return false
  }
}

/**
 * Opens standard output. No error of it stops the command: an apply has to be completed. A pipe that its reader closed, as
 * `| head` does, is no error. Errors of standard error are ignored, since there is nowhere to report them.
 */
export function standardOutput({ stdout, stderr, isFile, writeFile }: OutputStreams): StandardOutput {
  let broken: unknown
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') broken ??= error
  }
  stdout.on('error', onError)
  stderr.on('error', () => {})
  return {
    write(text) {
      if (broken !== undefined) return
      if (!isFile) return void stdout.write(text)
      try {
        // On a disk that is nearly full, a file takes only a part of the bytes, which a stream does not notice.
        for (let bytes: Uint8Array = Buffer.from(text); bytes.length > 0; )
          bytes = bytes.subarray(taken(writeFile(bytes)))
      } catch (error) {
        onError(error as NodeJS.ErrnoException)
      }
    },
    async settled() {
      await new Promise((resolve) => setImmediate(resolve))
      return broken === undefined ? undefined : fileFailure('write', 'standard output', broken).issues[0]
    },
  }
}

function taken(bytes: number): number {
  if (bytes === 0) throw new Error('no byte was written')
  return bytes
}
