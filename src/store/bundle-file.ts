import { createHash } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { createGunzip, gzipSync } from 'node:zlib'
import { createTarDecoder, packTar, type TarHeader } from 'modern-tar'
import { Failure, type Issue } from '../issue.ts'
import { byCodePoint } from '../json.ts'
import { decodeText } from '../read-file.ts'
import { headerFirst } from '../snapshot/directory-layout.ts'
import type { Source } from '../snapshot/parse.ts'
import { type BundleFaults, bundleFaultTexts } from './bundle-faults.ts'

/** One file of a bundle. */
export interface Entry {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Limits that keep reading bounded, whatever the bundle claims. */
interface Limits {
  /** Total size after decompression, in bytes. */
  readonly bytes: number
  readonly files: number
}

const defaultLimits: Limits = { bytes: 512 * 1024 * 1024, files: 200_000 }
const checksumFile = 'SHA256SUMS'
const folder = 'snapshot/'

/** The path of the schema in a bundle. */
export const schemaName = 'schemas/snapshot.v1.json'

/**
 * The files of a bundle: the texts of a snapshot, and its schema. Throws `Failure` for names that a bundle cannot
 * contain.
 */
export function entriesOf(sources: readonly Source[], schema: string): Entry[] {
  const faults = sources.flatMap(({ within = '' }) => (isSafe(folder + within) || within === '' ? [] : [within]))
  if (faults.length > 0)
    throw refused(faults.map((name) => `${JSON.stringify(name)} is not a valid file name in a bundle`))
  const texts = sources.map(({ within, text }) => [folder + (within || 'snapshot.yaml'), text] as const)
  return [...texts, [schemaName, schema] as const]
    .map(([name, text]) => ({ name, bytes: Buffer.from(text) }))
    .sort((a, b) => byCodePoint(a.name, b.name))
}

/**
 * Packs a bundle; its first file has the checksums of all others. Reproducible: the same files give the same bytes,
 * without times, owners, or the build system.
 */
export async function packBundle(entries: readonly Entry[]): Promise<Uint8Array> {
  const lines = entries.map(({ name, bytes }) => `${sha256(bytes)}  ${name}\n`).join('')
  const tar = await packTar(
    [{ name: checksumFile, bytes: Buffer.from(lines) }, ...entries].map(({ name, bytes }) => ({
      header: { name, size: bytes.length, type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) },
      body: bytes,
    })),
  )
  const packed = gzipSync(tar, { level: 9 })
  // The byte that identifies the operating system.
  packed[9] = 255
  return packed
}

/**
 * Reads and verifies a bundle: every file has its checksum, and none is missing or added. Writes nothing to disk.
 * Throws `Failure` with all faults.
 */
export async function readBundle(file: string, packed: Uint8Array, limits = defaultLimits): Promise<Entry[]> {
  const invalid: string[] = []
  const entries = new Map<string, Uint8Array>()
  try {
    for await (const { header, body } of decodeTar(packed, limits)) {
      const fault = faultOf(header, entries)
      if (fault) invalid.push(fault)
      if (entries.size + invalid.length > limits.files) throw new Error(`it contains more than ${limits.files} files`)
      const bytes = await bytesOf(body, !fault)
      if (!fault) entries.set(header.name, bytes)
    }
  } catch (error) {
    if (error instanceof Failure) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw refused([`it cannot be read completely: ${reason}`], file)
  }
  const faults = bundleFaultTexts({ ...differences(entries), entries: invalid })
  if (faults.length > 0) throw refused(faults, file)
  return [...entries].map(([name, bytes]) => ({ name, bytes }))
}

/** The texts of the snapshot in a bundle, its header first. */
export function sourcesIn(file: string, entries: readonly Entry[]): Source[] {
  const own = entries.filter(({ name }) => name.startsWith(folder))
  return headerFirst(
    own.map(({ name, bytes }) => ({
      file: `${file}:${name}`,
      within: name.slice(folder.length),
      text: decodeText(bytes, `${file}:${name}`),
    })),
  )
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function decodeTar(packed: Uint8Array, limits: Limits) {
  const unzipped = createGunzip()
  pipeline(Readable.from([packed]), unzipped, () => {})
  return ReadableStream.from(bounded(unzipped, limits)).pipeThrough(createTarDecoder({ strict: true }))
}

async function* bounded(chunks: AsyncIterable<Uint8Array>, { bytes }: Limits): AsyncIterable<Uint8Array> {
  let total = 0
  for await (const chunk of chunks) {
    total += chunk.length
    if (total > bytes) throw new Error(`it unpacks to more than ${bytes} bytes`)
    yield chunk
  }
}

async function bytesOf(body: AsyncIterable<Uint8Array>, kept: boolean): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) if (kept) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The fault of an entry, by its header; undefined if it has none. */
function faultOf(header: TarHeader, before: ReadonlyMap<string, unknown>): string | undefined {
  const name = JSON.stringify(header.name)
  if (header.type !== 'file') return `${name} is a ${header.type}, but a bundle contains only files`
  if (!isSafe(header.name)) return `${name} is not a valid file name in a bundle`
  if (before.has(header.name)) return `${name} is in the bundle twice`
  return undefined
}

function isSafe(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: matching control characters is the purpose
  return name.split('/').every((part) => !/^\.{0,2}$|[\\:\u0000-\u001f\u007f]/.test(part))
}

/** The differences between the files of a bundle and its list of checksums. */
function differences(entries: ReadonlyMap<string, Uint8Array>): Omit<BundleFaults, 'entries'> {
  const others: string[] = []
  const missing: string[] = []
  const changed: string[] = []
  const added: string[] = []
  const found = { others, missing, changed, added }
  const list = entries.get(checksumFile)
  if (!list) return { ...found, others: [`it has no ${checksumFile}, so it is not a bundle of prefect-snapshot`] }
  const listed = new Map<string, string>()
  for (const line of Buffer.from(list).toString('utf8').split('\n').slice(0, -1)) {
    const [, sum, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
    if (sum && name) listed.set(name, sum)
    else others.push(`${checksumFile} has a line that is not a checksum: ${JSON.stringify(line.slice(0, 80))}`)
  }
  for (const [name, sum] of listed) {
    const bytes = entries.get(name)
    if (!bytes) missing.push(name)
    else if (sha256(bytes) !== sum) changed.push(name)
  }
  for (const name of entries.keys()) {
    if (name !== checksumFile && !listed.has(name)) added.push(name)
    else if (name !== checksumFile && name !== schemaName && !name.startsWith(folder))
      others.push(`${name} does not belong in a bundle`)
  }
  for (const name of [schemaName, `${folder}snapshot.yaml`])
    if (!listed.has(name) && !entries.has(name)) missing.push(name)
  return found
}

function refused(messages: readonly string[], file?: string): Failure {
  const fix =
    'Copy the bundle from its source again, and compare the checksum that was printed when it was made. To pack a snapshot, run prefect-snapshot bundle.'
  const issues = messages.map(
    (message): Issue => ({
      code: 'invalid-bundle',
      severity: 'error',
      message: file ? `${file}: ${message}` : message,
      ...(file ? { fix } : {}),
    }),
  )
  return new Failure(issues)
}
