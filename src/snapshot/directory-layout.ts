import type { Place } from '../issue.ts'
import { byCodePoint, isObject } from '../json.ts'
import type { Ref, Resource, Snapshot } from '../model.ts'
import { splitRef } from '../ref.ts'
import { fileOf, headerFile, sameFile } from './file-name.ts'
import { formatDocument, headerOf, resourceText } from './format.ts'
import { cutStream } from './yaml/documents.ts'
import { readValue } from './yaml/yaml-value.ts'

/** One file of a directory. */
export interface LayoutFile {
  readonly file: string
  /** Absent for the header. */
  readonly ref?: Ref
  /** Created on demand, so that not all texts are in memory at once. */
  text(): string
}

/** The files of a snapshot as a directory: the header, and one file per resource in the folder of its kind. */
export function layoutOf(snapshot: Snapshot): LayoutFile[] {
  const files = snapshot.resources.map((resource) => ({
    file: fileOf(resource),
    ref: `${resource.kind}/${resource.key}` as const,
    text: () => resourceText(resource),
  }))
  return [{ file: headerFile, text: () => formatDocument(headerOf(snapshot)) }, ...files]
}

/** Sorts the files of a directory in reading order: the header comes first. */
export function headerFirst<T extends { readonly within: string }>(files: readonly T[]): T[] {
  const rank = ({ within }: T) => (within === headerFile ? 0 : 1)
  return [...files].sort((a, b) => rank(a) - rank(b) || byCodePoint(a.within, b.within))
}

/**
 * Whether a file of a directory does not belong to its snapshot. Files in the folder of a kind always belong, so that a
 * damaged file is an error; elsewhere, a file belongs if it has documents with `kind` and `key`.
 */
export function isForeign(within: string, text: string, kinds: readonly { readonly name: string }[]): boolean {
  if (within === headerFile || isInKind(within, kinds)) return false
  // In flow style, which includes JSON, the keys of a document are not at the start of a line.
  const start = /^(--- *)?\{/m.test(text) ? '\\b' : '^["\']?'
  return !['kind', 'key'].every((word) => new RegExp(`${start}${word}["']?\\s*:`, 'm').test(text))
}

/**
 * Whether a file in the folder of a kind has the name of another resource. Elsewhere, people choose their own names.
 */
export function isMisplaced(
  within: string,
  resource: { readonly kind: string; readonly key: string },
  kinds: readonly { readonly name: string }[],
): boolean {
  return isInKind(within, kinds) && !sameFile(within, fileOf(resource))
}

function isInKind(within: string, kinds: readonly { readonly name: string }[]): boolean {
  return kinds.some(({ name }) => within.startsWith(`${name}/`))
}

/** A resource that occurs in a text, and its position. */
interface Mention {
  readonly ref: Ref
  /** May be incomplete. */
  readonly resource: Resource
  readonly place: Place
}

/** The resources in a text, valid or not; empty if the text does not belong to a snapshot. */
export function mentionsIn(file: string, text: string): Mention[] {
  if (!/\bkey\b/.test(text)) return []
  return cutStream(file, text).flatMap((chunk) => {
    const read = readValue(chunk)
    if (!('value' in read) || !isObject(read.value)) return []
    const { kind, key, spec } = read.value
    if (typeof kind !== 'string' || typeof key !== 'string') return []
    const resource = { kind, key, refs: {}, spec: isObject(spec) ? spec : {}, secrets: {} }
    return [{ ref: `${kind}/${key}` as const, resource, place: read.place('/key') }]
  })
}

/** The resource that owns a file: the only one in it, if the file has its layout name. */
export function ownerOf(within: string, mentions: readonly Mention[]): Resource | undefined {
  const [first, ...others] = mentions
  return first && others.length === 0 && sameFile(within, fileOf(splitRef(first.ref))) ? first.resource : undefined
}
