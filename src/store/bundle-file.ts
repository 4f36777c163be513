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

/** One file of a bundle. */
export interface Entry {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What keeps reading bounded, whatever a file claims to be. */
interface Limits {
  /** Bytes of all that is in it, unpacked. */
  readonly bytes: number
  readonly files: number
}

const usual: Limits = { bytes: 512 * 1024 * 1024, files: 200_000 }
/** Faults that are told. */
const most = 100
const sums = 'SHA256SUMS'
const folder = 'snapshot/'

/** Where the schema is in a bundle. */
export const schemaName = 'schemas/snapshot.v1.json'

/** The files of a bundle: a snapshot in the texts that it has, and the schema that describes it. */
export function entriesOf(sources: readonly Source[], schema: string): Entry[] {
  const faults = sources.flatMap(({ within = '' }) => (isSafe(folder + within) || within === '' ? [] : [within]))
  if (faults.length > 0)
    throw refused(faults.map((name) => `${JSON.stringify(name)} is no name for a file of a bundle`))
  const texts = sources.map(({ within, text }) => [folder + (within || 'snapshot.yaml'), text] as const)
  return [...texts, [schemaName, schema] as const]
    .map(([name, text]) => ({ name, bytes: Buffer.from(text) }))
    .sort((a, b) => byCodePoint(a.name, b.name))
}

/**
 * Packs a bundle, with the checksums of all its files as its first. The same files give the same bytes: in their order,
 * without times, owners, or the system that it was made on.
 */
export async function packBundle(entries: readonly Entry[]): Promise<Uint8Array> {
  const lines = entries.map(({ name, bytes }) => `${sha256(bytes)}  ${name}\n`).join('')
  const tar = await packTar(
    [{ name: sums, bytes: Buffer.from(lines) }, ...entries].map(({ name, bytes }) => ({
      header: { name, size: bytes.length, type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) },
      body: bytes,
    })),
  )
  const packed = gzipSync(tar, { level: 9 })
  // The byte that names the system.
  packed[9] = 255
  return packed
}

/**
 * Reads a bundle and checks all of it: that every file has its checksum, that none is missing and none too many. Nothing is
 * put on the disk. Throws `Failure` with all that is wrong.
 */
export async function readBundle(file: string, packed: Uint8Array, limits = usual): Promise<Entry[]> {
  const issues: string[] = []
  const entries = new Map<string, Uint8Array>()
  try {
    for await (const { header, body } of opened(packed, limits)) {
      const fault = faultOf(header, entries, limits)
      if (fault) issues.push(fault)
      if (issues.length > most) throw new Error('and so on')
      const bytes = await bytesOf(body, !fault)
      if (!fault) entries.set(header.name, bytes)
    }
  } catch (error) {
    if (error instanceof Failure) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw refused([...issues, `it cannot be read to its end: ${reason}`], file)
  }
  issues.push(...differences(entries))
  if (issues.length > 0) throw refused(issues, file)
  return [...entries].map(([name, bytes]) => ({ name, bytes }))
}

/** The texts of the snapshot in a bundle. */
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

function opened(packed: Uint8Array, limits: Limits) {
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

/** What is wrong with an entry before it is looked into. */
function faultOf(header: TarHeader, before: ReadonlyMap<string, unknown>, limits: Limits): string | undefined {
  const name = JSON.stringify(header.name)
  if (header.type !== 'file') return `${name} is a ${header.type}, and a bundle has files only`
  if (!isSafe(header.name)) return `${name} leads out of the bundle, or is no name for a file`
  if (before.has(header.name)) return `${name} is in it twice`
  // Thrown, since nobody wants to be told of each of the others.
  if (before.size >= limits.files) throw new Error(`it has more than ${limits.files} files`)
  return undefined
}

function isSafe(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: just those are what no name may have.
  return name.split('/').every((part) => !/^\.{0,2}$|[\\:\u0000-\u001f\u007f]/.test(part))
}

/** Where the files of a bundle are not those of its checksums. */
function differences(entries: ReadonlyMap<string, Uint8Array>): string[] {
  const list = entries.get(sums)
  if (!list) return [`it has no ${sums}, so it is no bundle of prefect-snapshot`]
  const issues: string[] = []
  const listed = new Map<string, string>()
  for (const line of Buffer.from(list).toString('utf8').split('\n').slice(0, -1)) {
    const [, sum, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
    if (sum && name) listed.set(name, sum)
    else issues.push(`${sums} has a line that is no checksum: ${JSON.stringify(line.slice(0, 80))}`)
  }
  for (const [name, sum] of listed) {
    const bytes = entries.get(name)
    if (!bytes) issues.push(`${name} is missing`)
    else if (sha256(bytes) !== sum) issues.push(`${name} was changed: its checksum is another one`)
  }
  for (const name of entries.keys()) {
    if (name !== sums && !listed.has(name)) issues.push(`${name} was added: ${sums} does not name it`)
    else if (name !== sums && name !== schemaName && !name.startsWith(folder))
      issues.push(`${name} is no part of a bundle`)
  }
  for (const name of [schemaName, `${folder}snapshot.yaml`])
    if (!listed.has(name) && !entries.has(name)) issues.push(`${name} is missing`)
  return issues
}

function refused(messages: readonly string[], file?: string): Failure {
  const fix = 'Copy the bundle from its source again, and compare the checksum that was printed when it was made.'
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
