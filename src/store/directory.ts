import { join } from 'node:path'
import { Failure, type Issue } from '../issue.ts'
import type { Resource, Snapshot } from '../model.ts'
import { decodeText, readBytes, statIfExists } from '../read-file.ts'
import { type LayoutFile, layoutOf, mentionsIn, ownerOf } from '../snapshot/directory-layout.ts'
import { type Folder, filesBelow, forEachFile, isRemoved, removeBelow, removeEmptyFolders } from './disk.ts'
import { isDraft, removeDrafts } from './drafts.ts'
import { refuseLinkedPaths } from './linked-paths.ts'
import { onlyOwner, writeWhole } from './whole-file.ts'

/** The result of writing a snapshot. */
export interface WriteResult {
  readonly directory: boolean
  /** Number of files whose text has changed. */
  readonly written: number
  /** Number of files that had the text already. */
  readonly unchanged: number
  /** Paths within the directory. */
  readonly removed: readonly string[]
}

/** The files of a directory that may belong to a snapshot. */
export function yamlBelow(folder: string): Promise<string[]> {
  return filesBelow(folder, mayBePart, isIgnored)
}

/** Removes the drafts that earlier commands left in a directory. */
export async function removeDraftsBelow(folder: string): Promise<void> {
  if (!statIfExists(folder)) return
  const drafts = await filesBelow(folder, isDraft, isIgnored)
  await removeDrafts(drafts.map((within) => join(folder, within)))
}

/** Whether a file in a directory may belong to its snapshot, by its name. */
export function mayBePart(within: string): boolean {
  return /\.ya?ml$/.test(within) && !isIgnored(within)
}

/** Hidden files, and installed packages. */
function isIgnored(within: string): boolean {
  return /(^|\/)(\.|node_modules(\/|$))/.test(within)
}

/** A file whose text is about to be replaced, or that is about to be removed. */
export interface ReplacedFile {
  /** Path within the directory. */
  readonly file: string
  /** Present content. */
  readonly before: Buffer
}

interface DirectoryOptions {
  /** Whether the file of a resource that is not in the snapshot is removed. */
  readonly gone: (resource: Resource) => boolean
  /** Permissions of new files. */
  readonly mode: number
  /** Throws `Failure` if one of the files must not be replaced. */
  readonly allow: (files: readonly ReplacedFile[]) => Promise<void>
}

/**
 * Writes a snapshot over a directory. Files that have their text already are not written. Removes only files that
 * contain exactly one resource under its layout name, if that resource is not in the snapshot and `gone` returns true
 * for it. Throws `Failure` before the first write if another file contains a resource of the snapshot.
 */
export async function writeDirectory(
  folder: Folder,
  snapshot: Snapshot,
  { gone, mode, allow }: DirectoryOptions,
): Promise<WriteResult> {
  const layout = layoutOf(snapshot)
  const { path } = folder
  const wasThere = statIfExists(path, folder.name) !== undefined
  const existing = wasThere ? await yamlBelow(path) : []
  const files = new Map(layout.map((each) => [each.file, each]))
  const known = new Set(existing.map((file) => file.normalize('NFC')).filter((file) => files.has(file)))
  const others = existing.filter((file) => !files.has(file.normalize('NFC')))
  const stale = await findStale(folder, others, layout, gone)
  const bytesAt = (file: string) => readBytes(join(path, file), 'snapshot', join(folder.name, file))
  const differing = await forEachFile(layout, async ({ file, text }): Promise<ReplacedFile[]> => {
    const before = known.has(file) ? bytesAt(file) : undefined
    return before && !before.equals(Buffer.from(text())) ? [{ file, before }] : []
  })
  const replaced = differing.flat()
  await allow([...replaced, ...stale.map((file) => ({ file, before: bytesAt(file) }))])
  for (const { file } of replaced) known.delete(file)
  const isWritten = ({ file }: LayoutFile) => !known.has(file) || mode === onlyOwner
  await refuseLinkedPaths(
    folder,
    layout.filter(isWritten).map(({ file }) => file),
  )
  await removeDraftsBelow(path)
  const written = await writeLayout(path, layout, { known, mode }).catch(async (error: unknown) => {
    await removeEmptyFolders(
      path,
      layout.map(({ file }) => file),
    )
    if (!wasThere) await isRemoved(path)
    throw error
  })
  await removeBelow(path, stale)
  return { directory: true, written, unchanged: layout.length - written, removed: stale }
}

/** Writes the files of a snapshot that are not `known` to be the same. Returns their number. */
async function writeLayout(
  path: string,
  layout: readonly LayoutFile[],
  { known, mode }: { readonly known: ReadonlySet<string>; readonly mode: number },
): Promise<number> {
  const [header, ...resources] = layout
  const put = (each: LayoutFile) => putFile(join(path, each.file), each, known.has(each.file), mode)
  const errors: unknown[] = []
  // Files that are being written when another one fails are waited for, so that they leave no drafts.
  const changed = await forEachFile(resources, async (each) => {
    if (errors.length > 0) return false
    return put(each).catch((error: unknown) => {
      errors.push(error)
      return false
    })
  })
  if (errors.length > 0) throw errors[0]
  // The header is written last: a directory without one was not written completely.
  if (header) changed.push(await put(header))
  return changed.filter(Boolean).length
}

/** Returns whether the file was written. */
async function putFile(path: string, { text }: LayoutFile, isSame: boolean, mode: number): Promise<boolean> {
  if (isSame && mode !== onlyOwner) return false
  await writeWhole(path, text(), { mode })
  return true
}

function textAt(file: string, name: string): string {
  return decodeText(readBytes(file, 'snapshot', name), name)
}

async function findStale(
  folder: Folder,
  files: readonly string[],
  laid: readonly LayoutFile[],
  gone: (resource: Resource) => boolean,
): Promise<string[]> {
  const own = new Map(laid.flatMap(({ ref, file }) => (ref ? [[ref, file] as const] : [])))
  const issues: Issue[] = []
  const found = await forEachFile(files, async (file) => {
    const name = join(folder.name, file)
    const mentions = mentionsIn(name, textAt(join(folder.path, file), name))
    for (const { ref, place } of mentions) {
      const ownFile = own.get(ref)
      if (ownFile === undefined) continue
      const message = `${ref} is in this file, and would also be written to ${join(folder.name, ownFile)}.`
      const fix = `Rename the file to ${ownFile}, or remove the resource from it.`
      issues.push({ code: 'duplicate-key', severity: 'error', message, fix, ref, place })
    }
    const resource = ownerOf(file, mentions)
    return resource && gone(resource) ? [file] : []
  })
  if (issues.length > 0) throw new Failure(issues)
  return found.flat()
}
