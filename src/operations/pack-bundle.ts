import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { Snapshot } from '../model.ts'
import { readBytes } from '../read-file.ts'
import { hasPlain } from '../secrets/placeholders.ts'
import { isForeign } from '../snapshot/directory-layout.ts'
import { parseSnapshot, refuseFaults, type Source } from '../snapshot/parse.ts'
import { entriesOf, packBundle, readBundle, schemaName, sha256 } from '../store/bundle-file.ts'
import { readSources, writeText } from '../store/files.ts'
import { refuseOtherFile } from '../store/overwrite-guard.ts'
import { onlyOwner } from '../store/whole-file.ts'
import { schemaText } from './schema-text.ts'

export interface BundleRequest {
  readonly snapshot: string
  /** Path of the bundle to write. */
  readonly output: string
}

/** A bundle that was written. */
export interface Bundle {
  readonly snapshot: Snapshot
  readonly issues: readonly Issue[]
  readonly files: number
  readonly bytes: number
  /** Hexadecimal SHA-256 of the bundle. */
  readonly sha256: string
  /** Whether it contains secrets in clear text. */
  readonly hasPlain: boolean
}

/** Packs the unchanged files of a snapshot into one file. Throws `Failure` if the snapshot is invalid. */
export async function bundle({ snapshot: path, output }: BundleRequest, context: Context): Promise<Bundle> {
  const sources = await readSources(path, context)
  const { snapshot, issues } = parseSnapshot(sources, context.kinds)
  refuseFaults({ issues })
  return { ...(await writeBundle(output, sources, snapshot, context)), issues }
}

/** Writes the texts of a valid snapshot as a bundle. */
export async function writeBundle(
  output: string,
  sources: readonly Source[],
  snapshot: Snapshot,
  context: Context,
): Promise<Omit<Bundle, 'issues'>> {
  const ownSources = sources.filter(
    ({ within, text }) => within === undefined || !isForeign(within, text, context.kinds),
  )
  const entries = entriesOf(ownSources, schemaText(context.kinds))
  const packed = await packBundle(entries)
  const containsPlain = hasPlain(snapshot)
  const file = { path: resolve(context.cwd, output), name: output }
  refuseOtherFile(file, 'a bundle', (start) => start[0] === 0x1f && start[1] === 0x8b)
  await writeText(output, packed, context, containsPlain ? onlyOwner : 0o644)
  return { snapshot, files: entries.length, bytes: packed.length, sha256: sha256(packed), hasPlain: containsPlain }
}

/** A bundle whose checksums are all correct. */
export interface VerifiedBundle {
  readonly files: number
  /** Hexadecimal SHA-256 of the bundle. */
  readonly sha256: string
  /** Whether its schema equals that of this version of the tool. */
  readonly hasOwnSchema: boolean
}

/** Checks that a bundle is unchanged. Throws `Failure` with all errors. */
export async function verifyBundle(path: string, { kinds, cwd }: Context): Promise<VerifiedBundle> {
  const packed = readBytes(resolve(cwd, path), 'snapshot', path)
  const entries = await readBundle(path, packed)
  const schema = entries.find(({ name }) => name === schemaName)
  const hasOwnSchema = schema !== undefined && Buffer.from(schema.bytes).toString('utf8') === schemaText(kinds)
  return { files: entries.length - 1, sha256: sha256(packed), hasOwnSchema }
}
