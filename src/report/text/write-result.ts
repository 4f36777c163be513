import { plural } from '../../plain-text.ts'

/** The result of writing a directory of files. */
export function writeResultText(
  path: string,
  {
    written,
    unchanged,
    removed,
  }: { readonly written: number; readonly unchanged: number; readonly removed: readonly string[] },
): string {
  const names = removed.length > 5 ? [...removed.slice(0, 5), '…'] : removed
  const list = names.length > 0 ? ` (${names.join(', ')})` : ''
  return `${path}: ${plural(written, 'file')} written, ${unchanged} unchanged, ${removed.length} removed${list}\n`
}

interface Bundled {
  readonly snapshot: { readonly resources: readonly unknown[] }
  readonly files: number
  readonly bytes: number
  readonly sha256: string
}

/** The content of a bundle, and its checksum. */
export function bundleText(path: string, { snapshot, files, bytes, sha256 }: Bundled): string {
  const resources = plural(snapshot.resources.length, 'resource')
  return `${path}: ${resources} in ${plural(files, 'file')}, ${bytes} bytes\nsha256 ${sha256}\n`
}
