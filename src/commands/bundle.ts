import type { Check } from '../check.ts'
import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Snapshot } from '../model.ts'
import { plural } from '../plain-text.ts'
import { readBytes } from '../read-file.ts'
import { checksText } from '../report/text/checks-text.ts'
import { hasPlain } from '../secrets/placeholders.ts'
import { isForeign } from '../snapshot/directory-layout.ts'
import { parseSnapshot, refuseFaults, type Source } from '../snapshot/parse.ts'
import { entriesOf, packBundle, readBundle, schemaName, sha256 } from '../store/bundle-file.ts'
import { onlyOwner } from '../store/disk.ts'
import { readSources, writeText } from '../store/files.ts'
import type { ExitStatus, Io } from './io.ts'
import { schemaText } from './schema.ts'

/** snapshot → one file to carry. Offline. */
export async function bundle(
  path: string,
  { output }: { readonly output?: string },
  kinds: readonly Kind[],
  io: Io,
): Promise<ExitStatus> {
  if (output === undefined) {
    const message = 'say which file the bundle is to be'
    throw new Failure([{ code: 'usage', severity: 'error', message, fix: 'Add -o acme.tar.gz' }])
  }
  const sources = await readSources(path, io)
  const parsed = parseSnapshot(sources, kinds)
  refuseFaults(parsed)
  io.warn(parsed.issues)
  await writeBundle(output, sources, parsed.snapshot, kinds, io)
  return 'ok'
}

/** Writes the texts of a sound snapshot as a bundle: byte for byte, with their comments. */
export async function writeBundle(
  output: string,
  sources: readonly Source[],
  snapshot: Snapshot,
  kinds: readonly Kind[],
  io: Io,
): Promise<void> {
  const own = sources.filter(({ within, text }) => within === undefined || !isForeign(within, text, kinds))
  const entries = entriesOf(own, schemaText(kinds))
  const packed = await packBundle(entries)
  const open = hasPlain(snapshot)
  if (open) io.err(`${io.errStyle.yellow('warning')} the bundle holds secrets in clear\n`)
  await writeText(output, packed, open ? onlyOwner : 0o644)
  if (!io.quiet)
    io.err(
      `${output}: ${plural(snapshot.resources.length, 'resource')} in ${plural(entries.length, 'file')}, ${packed.length} bytes\nsha256 ${sha256(packed)}\n`,
    )
}

/** Looks whether a bundle is as it was when it was made. Offline. */
export async function verifyBundle(path: string, kinds: readonly Kind[], io: Io): Promise<ExitStatus> {
  const packed = readBytes(path, 'snapshot')
  const entries = await readBundle(path, packed)
  const schema = entries.find(({ name }) => name === schemaName)
  const same = schema !== undefined && Buffer.from(schema.bytes).toString('utf8') === schemaText(kinds)
  const checks: Check[] = [
    {
      status: 'ok',
      title: 'files',
      detail: `${entries.length - 1}, each with the checksum that SHA256SUMS has, none missing and none added`,
    },
    same
      ? { status: 'ok', title: 'schema', detail: 'the one of this tool' }
      : {
          status: 'warning',
          title: 'schema',
          detail: `of another version of prefect-snapshot than this, ${io.version}`,
        },
    { status: 'note', title: 'sha256', detail: `${sha256(packed)}, to be compared with what its maker told` },
  ]
  io.out(checksText(checks, io.style))
  return 'ok'
}
