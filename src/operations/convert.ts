import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { Snapshot } from '../model.ts'
import { hasPlain } from '../secrets/placeholders.ts'
import { parseSnapshot, refuseFaults, type Source } from '../snapshot/parse.ts'
import type { WriteResult } from '../store/directory.ts'
import { readSources, snapshotText, writeSnapshot } from '../store/files.ts'
import { formatOfFile } from '../store/imported-files.ts'
import { onlyOwner } from '../store/whole-file.ts'
import { type Bundle, writeBundle } from './pack-bundle.ts'
import { refuseWriteAs, type WriteAsRequest, type WrittenAs, writeAs } from './write-as.ts'

export interface ConvertRequest {
  readonly snapshot: string
  /** A file, a directory (ends in `/`), a bundle (ends in `.tar.gz` or `.tgz`), or `-`. */
  readonly output: string
  /** Replaces the output, whatever it is. */
  readonly overwrite?: boolean
  /** Writes files of another tool to a directory. */
  readonly as?: WriteAsRequest['as'] | undefined
}

/** A converted snapshot, with exactly one of `text`, `written`, `writtenAs` and `bundle`. */
export interface Converted {
  readonly snapshot: Snapshot
  readonly issues: readonly Issue[]
  readonly text?: string
  readonly written?: WriteResult
  readonly writtenAs?: WrittenAs
  readonly bundle?: Omit<Bundle, 'issues'>
}

/** Writes a snapshot as a file, a directory or a bundle, or as files of another tool. Throws `Failure` if the snapshot is invalid. */
export async function convert(
  { snapshot: path, output, overwrite = false, as }: ConvertRequest,
  context: Context,
): Promise<Converted> {
  if (as) refuseWriteAs(as, output, [])
  const format = formatOfFile(path, context)
  return writeConverted(
    await readSources(format ? `${format.name}:${path}` : path, context),
    { output, overwrite, as },
    context,
  )
}

/** Writes the texts of a snapshot in the form of the output. */
export async function writeConverted(
  sources: readonly Source[],
  { output, overwrite = false, as }: Pick<ConvertRequest, 'output' | 'overwrite' | 'as'>,
  context: Context,
): Promise<Converted> {
  const { snapshot, issues: found } = parseSnapshot(sources, context.kinds)
  // The form changes, not the values, so whether Prefect takes them does not matter here.
  const issues = found.filter(({ code }) => code !== 'refused-value')
  refuseFaults({ issues })
  if (as) return { snapshot, issues, writtenAs: await writeAs({ as, output, overwrite }, snapshot.resources, context) }
  if (/\.(tar\.gz|tgz)$/.test(output))
    return { snapshot, issues, bundle: await writeBundle(output, packable(sources, snapshot), snapshot, context) }
  if (output === '-') return { snapshot, issues, text: snapshotText(snapshot) }
  const mode = hasPlain(snapshot) ? onlyOwner : 0o644
  const rule = { overwrite, advice: 'Pass --overwrite to replace it, or another path.', env: context.env }
  const written = await writeSnapshot(output, snapshot, { mode, existing: 'replace', rule }, context)
  return { snapshot, issues, written }
}

/** A bundle has the files as they are, with their comments. What was imported has no files of its own. */
function packable(sources: readonly Source[], snapshot: Snapshot): readonly Source[] {
  const [imported] = sources.filter(({ origin }) => origin)
  return imported ? [{ file: imported.file, text: snapshotText(snapshot) }] : sources
}
