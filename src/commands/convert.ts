import type { Kind } from '../kind.ts'
import { plural } from '../plain-text.ts'
import { kindsText } from '../report/wording/resource-lists.ts'
import { hasPlain } from '../secrets/placeholders.ts'
import { parseSnapshot, refuseFaults } from '../snapshot/parse.ts'
import { onlyOwner } from '../store/disk.ts'
import { readSources } from '../store/files.ts'
import { writeBundle } from './bundle.ts'
import type { ExitStatus, Io } from './io.ts'
import { saveSnapshot } from './print.ts'

/** snapshot → the same snapshot as a file, a directory or a bundle. Offline. */
export async function convert(
  path: string,
  { output }: { readonly output: string },
  kinds: readonly Kind[],
  io: Io,
): Promise<ExitStatus> {
  const sources = await readSources(path, io)
  const parsed = parseSnapshot(sources, kinds)
  refuseFaults(parsed)
  io.warn(parsed.issues)
  const { snapshot } = parsed
  if (/\.(tar\.gz|tgz)$/.test(output)) {
    await writeBundle(output, sources, snapshot, kinds, io)
    return 'ok'
  }
  await saveSnapshot(output, snapshot, { mode: hasPlain(snapshot) ? onlyOwner : 0o644, over: 'replace' }, io)
  if (!io.quiet && output !== '-')
    io.err(`Wrote ${plural(snapshot.resources.length, 'resource')} to ${output}: ${kindsText(snapshot.resources)}\n`)
  return 'ok'
}
