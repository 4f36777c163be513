import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import { readImports } from '../store/imported-files.ts'
import { type Converted, writeConverted } from './convert.ts'

export interface ImportRequest {
  /** Files of other formats; `-` for standard input, `git:REV:path` for a revision. */
  readonly files: readonly string[]
  /** A file, a directory (ends in `/`), a bundle (ends in `.tar.gz` or `.tgz`), or `-`. */
  readonly output: string
  /** The format of all files; by default, the content of each tells. */
  readonly as?: string
  /** Outputs of build and push steps, `NAME=VALUE`. */
  readonly outputOf?: readonly string[]
  /** Replaces the output, whatever it is. */
  readonly overwrite?: boolean
}

/** Writes files of other formats as one snapshot. Throws `Failure` with every error; then nothing is written. */
export async function importFiles(request: ImportRequest, context: Context): Promise<Converted> {
  const { files, output, overwrite = false, as: format, outputOf = [] } = request
  const choice = { outputs: outputsOf(outputOf), ...(format === undefined ? {} : { format }) }
  return writeConverted(await readImports(files, choice, context), { output, overwrite }, context)
}

function outputsOf(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text): [string, string] => {
      const at = text.indexOf('=')
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
      const message = `--output-of ${text} has no value.`
      throw new Failure([{ code: 'usage', severity: 'error', message, fix: 'Write --output-of build-image.tag=v1.' }])
    }),
  )
}
