import { basename, dirname, join, relative, resolve } from 'node:path'
import { readStart, statIfExists } from '../read-file.ts'
import { headerFile } from '../snapshot/file-name.ts'

/** The length in bytes of a text in which the header must begin. */
const startLength = 64 * 1024

/**
 * The snapshots that files belong to, each once, in the order of the files: the file itself, or the closest directory above it,
 * up to `cwd`, that is a snapshot. Files that belong to none are left out. A file need not exist any more.
 */
export function containingSnapshots(paths: readonly string[], cwd: string): readonly string[] {
  const found = paths.flatMap((path) => containing(resolve(cwd, path), cwd))
  return [...new Set(found)].map((path) => relative(cwd, path) || '.')
}

function containing(path: string, cwd: string): readonly string[] {
  const stat = statIfExists(path)
  if (stat?.isDirectory() === true) return isHeader(join(path, headerFile)) ? [path] : above(path, cwd)
  if (stat?.isFile() === true && isSnapshotFile(path)) return [path]
  return above(path, cwd)
}

function above(path: string, cwd: string): readonly string[] {
  for (let folder = dirname(path); isWithin(folder, cwd); folder = dirname(folder))
    if (isHeader(join(folder, headerFile))) return [folder]
  return []
}

function isWithin(folder: string, cwd: string): boolean {
  const root = resolve(cwd)
  return folder === root || folder.startsWith(join(root, '/')) || folder.startsWith(`${root}\\`)
}

/** Whether a file is a snapshot by its name, so that a damaged one is an error too, or by its header. */
function isSnapshotFile(path: string): boolean {
  if (/\.snapshot\.(ya?ml|json)$/.test(path)) return true
  const text = startOf(path)
  return hasHeader(text) && (basename(path) !== headerFile || hasResource(text))
}

/** Whether a file is the header of a directory: it has no resources itself. */
function isHeader(path: string): boolean {
  const text = startOf(path)
  return hasHeader(text) && !hasResource(text)
}

function startOf(path: string): string {
  return readStart(path, startLength).toString('utf8')
}

function hasHeader(text: string): boolean {
  return /^\uFEFF?(--- *)?(\{\s*)?["']?kind["']?\s*:\s*["']?snapshot\b/m.test(text)
}

function hasResource(text: string): boolean {
  return /^(\{.*|)["']?key["']?\s*:/m.test(text)
}
