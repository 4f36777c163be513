import type { Resource, Snapshot } from '../model.ts'
import { documentOf, formatDocument, headerOf } from './format.ts'

/** The files of a snapshot as a directory: the header, and one file a resource under its kind. */
export function layoutOf(snapshot: Snapshot): { readonly file: string; readonly text: string }[] {
  const files = snapshot.resources.map((resource) => ({
    file: fileOf(resource),
    text: formatDocument(documentOf(resource)),
  }))
  return [{ file: 'snapshot.yaml', text: formatDocument(headerOf(snapshot)) }, ...files]
}

const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i

/**
 * The file of a resource, safe on every file system: letters, digits and `-_+=@,` stand for themselves, the parts of a
 * key are folders, everything else is percent-encoded. The key is read from the document, never from the file's name.
 */
function fileOf({ kind, key }: Resource): string {
  return `${kind}/${key.split('/').map(partOf).join('/')}.yaml`
}

function partOf(part: string): string {
  const safe = encodeURIComponent(part).replace(
    /[!'()*~]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const plain = safe.replaceAll('%40', '@').replaceAll('%2B', '+').replaceAll('%2C', ',').replaceAll('%3D', '=')
  return plain === ''
    ? '%00'
    : plain
        .replace(/^\./, '%2E')
        .replace(/\.$/, '%2E')
        .replace(reserved, (word) => `%${word.charCodeAt(0).toString(16).toUpperCase()}${word.slice(1)}`)
}
