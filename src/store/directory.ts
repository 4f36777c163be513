import { join } from 'node:path'
import { Failure, type Issue } from '../issue.ts'
import type { Resource, Snapshot } from '../model.ts'
import { decodeText, readBytes, statIfExists } from '../read-file.ts'
import { type LaidOut, layoutOf, mentionsIn, ownerOf } from '../snapshot/directory-layout.ts'
import { filesBelow, forEachFile, onlyOwner, removeBelow, writeWhole } from './disk.ts'

/** What writing a snapshot changed on disk. */
export interface WriteResult {
  readonly directory: boolean
  /** Number of files with another text than before. */
  readonly written: number
  /** Number of files that had their text already. */
  readonly unchanged: number
  /** Paths within the directory. */
  readonly removed: readonly string[]
}

/** The files of a directory that may be parts of a snapshot. */
export function yamlBelow(folder: string): Promise<string[]> {
  return filesBelow(folder, mayBePart, isPassedBy)
}

/** Whether a file below a directory may be a part of its snapshot, by its name. */
export function mayBePart(within: string): boolean {
  return /\.ya?ml$/.test(within) && !isPassedBy(within)
}

/** What is hidden, and what others have installed. */
function isPassedBy(within: string): boolean {
  return /(^|\/)(\.|node_modules(\/|$))/.test(within)
}

/**
 * Writes a snapshot as a directory, over what is there. A file that has its text already is left alone. Removed are only
 * files that have the layout's name for the one resource in them, where that is not in the snapshot and `gone` says so.
 * Throws `Failure`, before anything is written, where another file has one of the resources too.
 */
export async function writeDirectory(
  folder: string,
  snapshot: Snapshot,
  gone: (resource: Resource) => boolean,
  mode: number,
): Promise<WriteResult> {
  const laid = layoutOf(snapshot)
  const there = statIfExists(folder) ? await yamlBelow(folder) : []
  const files = new Map(laid.map((each) => [each.file, each]))
  const known = there.filter((file) => files.has(file.normalize('NFC')))
  const others = there.filter((file) => !files.has(file.normalize('NFC')))
  const stale = await staleAmong(folder, others, laid, gone)
  const present = new Set(known.map((file) => file.normalize('NFC')))
  const [header, ...resources] = laid
  const put = (each: LaidOut) => putFile(join(folder, each.file), each.text(), present.has(each.file), mode)
  const changed = await forEachFile(resources, put)
  // The header last: a directory without one is one that was not written to its end.
  if (header) changed.push(await put(header))
  await removeBelow(folder, stale)
  const written = changed.filter(Boolean).length
  return { directory: true, written, unchanged: laid.length - written, removed: stale }
}

/** Answers whether it had to write. */
async function putFile(path: string, text: string, present: boolean, mode: number): Promise<boolean> {
  if (present && mode !== onlyOwner && readBytes(path, 'snapshot').equals(Buffer.from(text))) return false
  await writeWhole(path, text, mode)
  return true
}

function textAt(file: string): string {
  return decodeText(readBytes(file, 'snapshot'), file)
}

async function staleAmong(
  folder: string,
  files: readonly string[],
  laid: readonly LaidOut[],
  gone: (resource: Resource) => boolean,
): Promise<string[]> {
  const own = new Map(laid.flatMap(({ ref, file }) => (ref ? [[ref, file] as const] : [])))
  const issues: Issue[] = []
  const found = await forEachFile(files, async (file) => {
    const mentions = mentionsIn(join(folder, file), textAt(join(folder, file)))
    for (const { ref, place } of mentions) {
      const rightful = own.get(ref)
      if (rightful === undefined) continue
      const message = `${ref} is in this file, and would also be written to ${join(folder, rightful)}.`
      const fix = `Rename the file to ${rightful}, or remove the resource from it.`
      issues.push({ code: 'duplicate-key', severity: 'error', message, fix, ref, place })
    }
    const resource = ownerOf(file, mentions)
    return resource && gone(resource) ? [file] : []
  })
  if (issues.length > 0) throw new Failure(issues)
  return found.flat()
}
