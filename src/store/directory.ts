import { join } from 'node:path'
import { Failure, type Issue } from '../issue.ts'
import type { Resource, Snapshot } from '../model.ts'
import { decodeText, readBytes, statIfExists } from '../read-file.ts'
import { type LayoutFile, layoutOf, mentionsIn, ownerOf } from '../snapshot/directory-layout.ts'
import { type Folder, filesBelow, forEachFile, onlyOwner, removeBelow, writeWhole } from './disk.ts'

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

/** Whether a file in a directory may belong to its snapshot, by its name. */
export function mayBePart(within: string): boolean {
  return /\.ya?ml$/.test(within) && !isIgnored(within)
}

/** Hidden files, and installed packages. */
function isIgnored(within: string): boolean {
  return /(^|\/)(\.|node_modules(\/|$))/.test(within)
}

/**
 * Writes a snapshot over a directory. Files that have their text already are not written. Removes only files that
 * contain exactly one resource under its layout name, if that resource is not in the snapshot and `gone` returns true
 * for it. Throws `Failure` before the first write if another file contains a resource of the snapshot.
 */
export async function writeDirectory(
  folder: Folder,
  snapshot: Snapshot,
  gone: (resource: Resource) => boolean,
  mode: number,
): Promise<WriteResult> {
  const layout = layoutOf(snapshot)
  const { path } = folder
  const existing = statIfExists(path, folder.name) ? await yamlBelow(path) : []
  const files = new Map(layout.map((each) => [each.file, each]))
  const known = existing.filter((file) => files.has(file.normalize('NFC')))
  const others = existing.filter((file) => !files.has(file.normalize('NFC')))
  const stale = await findStale(folder, others, layout, gone)
  const present = new Set(known.map((file) => file.normalize('NFC')))
  const [header, ...resources] = layout
  const put = (each: LayoutFile) => putFile(join(path, each.file), each.text(), present.has(each.file), mode)
  const changed = await forEachFile(resources, put)
  // The header is written last: a directory without one was not written completely.
  if (header) changed.push(await put(header))
  await removeBelow(path, stale)
  const written = changed.filter(Boolean).length
  return { directory: true, written, unchanged: layout.length - written, removed: stale }
}

/** Returns whether the file was written. */
async function putFile(path: string, text: string, present: boolean, mode: number): Promise<boolean> {
  if (present && mode !== onlyOwner && readBytes(path, 'snapshot').equals(Buffer.from(text))) return false
  await writeWhole(path, text, mode)
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
