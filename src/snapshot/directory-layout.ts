import type { Place } from '../issue.ts'
import { byCodePoint, isObject } from '../json.ts'
import type { Ref, Resource, Snapshot } from '../model.ts'
import { splitRef } from '../ref.ts'
import { fileOf, headerFile, sameFile } from './file-name.ts'
import { formatDocument, headerOf, resourceText } from './format.ts'
import { cutStream } from './yaml/documents.ts'
import { readValue } from './yaml/yaml-value.ts'

/** One file of a directory. */
export interface LaidOut {
  readonly file: string
  /** Absent of the header. */
  readonly ref?: Ref
  /** Made when it is asked for, so that not all of a snapshot has to be held as text. */
  text(): string
}

/** The files of a snapshot as a directory: one a resource under its kind, and the header. */
export function layoutOf(snapshot: Snapshot): LaidOut[] {
  const files = snapshot.resources.map((resource) => ({
    file: fileOf(resource),
    ref: `${resource.kind}/${resource.key}` as const,
    text: () => resourceText(resource),
  }))
  return [{ file: headerFile, text: () => formatDocument(headerOf(snapshot)) }, ...files]
}

/** The files of a directory in the order in which they are read: its header comes first. */
export function headerFirst<T extends { readonly within: string }>(files: readonly T[]): T[] {
  const rank = ({ within }: T) => (within === headerFile ? 0 : 1)
  return [...files].sort((a, b) => rank(a) - rank(b) || byCodePoint(a.within, b.within))
}

/**
 * Whether a file of a directory is no part of its snapshot, but lies there for something else. What lies in the folder of a
 * kind is always a part, so that a file that got damaged is a fault; elsewhere a part is what has documents with `kind` and `key`.
 */
export function isForeign(within: string, text: string, kinds: readonly { readonly name: string }[]): boolean {
  if (within === headerFile || isInKind(within, kinds)) return false
  // In flow form, which JSON is too, a document's own words are not at the start of a line.
  const start = /^(--- *)?\{/m.test(text) ? '\\b' : '^["\']?'
  return !['kind', 'key'].every((word) => new RegExp(`${start}${word}["']?\\s*:`, 'm').test(text))
}

/** Whether a file in the folder of a kind has the name of another resource; elsewhere people have an order of their own. */
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

/** A resource that a text says something of, and where. */
interface Mention {
  readonly ref: Ref
  /** As far as it is said. */
  readonly resource: Resource
  readonly place: Place
}

/** The resources in a text, sound or not; none where it is no part of a snapshot. */
export function mentionsIn(file: string, text: string): Mention[] {
  if (!/\bkey\b/.test(text)) return []
  return cutStream(file, text).flatMap((chunk) => {
    const read = readValue(chunk, 200)
    if (!('value' in read) || !isObject(read.value)) return []
    const { kind, key, spec } = read.value
    if (typeof kind !== 'string' || typeof key !== 'string') return []
    const resource = { kind, key, refs: {}, spec: isObject(spec) ? spec : {}, secrets: {} }
    return [{ ref: `${kind}/${key}` as const, resource, place: read.place('/key') }]
  })
}

/** The resource of which a file is the own one: the only one in it, under the name that the layout gives it. */
export function ownerOf(within: string, mentions: readonly Mention[]): Resource | undefined {
  const [first, ...others] = mentions
  return first && others.length === 0 && sameFile(within, fileOf(splitRef(first.ref))) ? first.resource : undefined
}
