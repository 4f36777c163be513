import { join, relative, resolve, sep } from 'node:path'
import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource, Snapshot } from '../model.ts'
import { fileFailure, statIfExists } from '../read-file.ts'
import { refOf } from '../ref.ts'
import { type Update, updateTexts } from '../snapshot/edit/update-texts.ts'
import { fileOf } from '../snapshot/file-name.ts'
import { type Documents, parseSnapshot, refuseFaults, type Source } from '../snapshot/parse.ts'
import { differences } from '../spec/differences.ts'
import { removeDraftsBelow, yamlBelow } from './directory.ts'
import { removeBelow } from './disk.ts'
import { readSources } from './files.ts'
import { refuseLinkedPaths } from './linked-paths.ts'
import { writeAlone, writeWhole } from './whole-file.ts'

/** A snapshot on disk that is updated in place. */
export interface Existing {
  /** As it was given; it starts at `cwd`, as the names of sources do. */
  readonly path: string
  readonly cwd: string
  readonly directory: boolean
  readonly sources: readonly Source[]
  readonly read: Documents
}

/**
 * Reads the snapshot to update; undefined if there is none yet. Throws `Failure` if it is not a valid snapshot or
 * cannot be updated.
 */
export async function readExisting(
  path: string,
  kinds: readonly Kind[],
  context: Context,
): Promise<Existing | undefined> {
  if (path === '-' || /^git:/.test(path)) throw unwritable(path)
  const found = statIfExists(resolve(context.cwd, path), path)
  if (!found) return undefined
  const directory = found.isDirectory()
  if (directory && (await yamlBelow(resolve(context.cwd, path))).length === 0) return undefined
  const sources = await readSources(path, context)
  if (!directory && (sources.length !== 1 || sources[0]?.file !== path)) throw unwritable(path)
  const read = parseSnapshot(sources, kinds)
  refuseFaults(read)
  return { path, cwd: context.cwd, directory, sources, read }
}

/** Like `readExisting`, but throws `Failure` if there is no snapshot. */
export async function readPresent(path: string, kinds: readonly Kind[], context: Context): Promise<Existing> {
  const existing = await readExisting(path, kinds, context)
  if (!existing) throw fileFailure('read', path, Object.assign(new Error(), { code: 'ENOENT' }))
  return existing
}

/**
 * The resources of the snapshot that an export overwrites, whose ciphertext is reused; empty if there is none or it is
 * invalid. Throws `Failure` if it exists but cannot be read.
 */
export async function resourcesAt(
  path: string,
  kinds: readonly Kind[],
  context: Context,
): Promise<readonly Resource[]> {
  if (path === '-') return []
  const existing = await readExisting(path, kinds, context).catch((error: unknown) => {
    if (error instanceof Failure && !error.issues.some(({ code }) => code === 'unreadable-file')) return undefined
    throw error
  })
  return existing?.read.snapshot.resources ?? []
}

function unwritable(path: string): Failure {
  const message = `${path} cannot be updated: it is neither a file nor a directory.`
  return new Failure([{ code: 'usage', severity: 'error', message, fix: 'Pass the path of one with -o.' }])
}

/** The intended content of a snapshot: changed or added resources, and those to remove. */
export interface Wanted {
  readonly resources: readonly Resource[]
  readonly remove: ReadonlySet<Ref>
  readonly source: Snapshot['source']
  /** What the header leaves to the destination from now on; as it is where absent. */
  readonly external?: readonly string[]
  /** The kinds that were not read or written completely; as it is where absent. */
  readonly incomplete?: readonly string[]
}

/** All resources of a snapshot after the update. */
export function result({ read }: Existing, { resources, remove }: Wanted): Resource[] {
  const next = new Map(resources.map((resource) => [refOf(resource), resource]))
  const kept = read.snapshot.resources.filter((resource) => !next.has(refOf(resource)) && !remove.has(refOf(resource)))
  return [...kept, ...resources]
}

/**
 * Writes only what has changed. Before anything is written, the new texts are parsed and compared with the intended
 * content; throws `Failure` if they are not valid, for example if a required resource is missing.
 */
export async function update(existing: Existing, wanted: Wanted, kinds: readonly Kind[]): Promise<Update> {
  const { path, cwd, directory, sources, read } = existing
  const place = resolve(cwd, path)
  const updated = updateTexts(sources, read, {
    kinds,
    wanted: wanted.resources,
    remove: wanted.remove,
    source: wanted.source,
    ...(wanted.external ? { external: wanted.external } : {}),
    ...(wanted.incomplete ? { incomplete: wanted.incomplete } : {}),
    fileOf: (resource) => (directory ? relative(cwd, join(place, fileOf(resource))) : path),
  })
  if (updated.files.length === 0) return updated
  verify(existing, wanted, updated, kinds)
  try {
    const written = updated.files.flatMap(({ file, text }) =>
      text === undefined ? [] : [{ path: resolve(cwd, file), text }],
    )
    if (directory) {
      const within = written.map(({ path }) => relative(place, path).split(sep).join('/'))
      await refuseLinkedPaths({ path: place, name: path }, within)
      await removeDraftsBelow(place)
    }
    for (const { path, text } of written) await (directory ? writeWhole(path, text) : writeAlone(path, text))
    const removed = updated.files.flatMap(({ file, text }) =>
      text === undefined ? [relative(place, resolve(cwd, file))] : [],
    )
    if (removed.length > 0) await removeBelow(place, removed)
  } catch (error) {
    throw fileFailure('write', path, error)
  }
  return updated
}

function verify(existing: Existing, wanted: Wanted, { files }: Update, kinds: readonly Kind[]): void {
  const texts = new Map(existing.sources.map((source) => [source.file, source]))
  for (const { file, text } of files) {
    if (text === undefined) texts.delete(file)
    else texts.set(file, { ...(texts.get(file) ?? sourceOf(existing, file)), text })
  }
  const parsed = parseSnapshot([...texts.values()], kinds)
  refuseFaults(parsed)
  const ref = firstDifference(parsed.snapshot.resources, result(existing, wanted), kinds)
  if (ref) throw new Error(`The update of ${existing.path} would not write ${ref} correctly.`)
}

/** The first resource that is missing in one list, or that differs. */
function firstDifference(
  written: readonly Resource[],
  wanted: readonly Resource[],
  kinds: readonly Kind[],
): Ref | undefined {
  const rest = new Map(written.map((resource) => [refOf(resource), resource]))
  for (const resource of wanted) {
    const ref = refOf(resource)
    const before = rest.get(ref)
    const kind = kinds.find(({ name }) => name === resource.kind)
    if (!before || !kind || differences(kind, before, resource, 'written').length > 0) return ref
    rest.delete(ref)
  }
  const [left] = rest.keys()
  return left
}

function sourceOf({ directory, path, cwd }: Existing, file: string): Source {
  const within = relative(resolve(cwd, path), resolve(cwd, file))
  return directory ? { file, within: within.split(sep).join('/'), text: '' } : { file, text: '' }
}
