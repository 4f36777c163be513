import type { Kind } from '../../kind.ts'
import type { Ref, Resource } from '../../model.ts'
import { bySnapshotOrder, refOf, splitRef } from '../../ref.ts'
import { type Parsed, parseDocuments, type Source } from '../parse.ts'
import { type Chunk, count, cutStream } from '../yaml/documents.ts'

/** Two snapshots to compare. */
export interface Pair {
  readonly before: Parsed
  readonly after: Parsed
  /** Documents with the same text on both sides. The snapshots contain only their refs, without content. */
  readonly same: ReadonlySet<Ref>
  /** Parses the documents with the same text, without reporting faults. */
  resourcesOfSame(): readonly Resource[]
}

/**
 * Reads two snapshots for a comparison. Documents with the same text on both sides are not parsed or validated. If a
 * ref occurs twice, everything is parsed, so that the error is reported with its positions.
 */
export function parsePair(before: readonly Source[], after: readonly Source[], kinds: readonly Kind[]): Pair {
  const known = new Set(kinds.map(({ name }) => name))
  const [x, y] = [cutAll(before, known), cutAll(after, known)]
  const same = sameDocuments(x, y)
  if (same) {
    const isDifferent = ({ text }: Named) => !same.has(text)
    const [a, b] = [parseDocuments(keep(x, isDifferent), kinds), parseDocuments(keep(y, isDifferent), kinds)]
    const names = new Set(same.values())
    if (![a, b].some(({ snapshot }) => snapshot.resources.some((resource) => names.has(refOf(resource))))) {
      const named = [...names].map((ref) => ({ ...splitRef(ref), refs: {}, spec: {}, secrets: {} }))
      return {
        before: withResources(a, named, kinds),
        after: withResources(b, named, kinds),
        same: names,
        resourcesOfSame: () =>
          parseDocuments(
            keep(y, ({ text }) => same.has(text)),
            kinds,
          ).snapshot.resources,
      }
    }
  }
  const [a, b] = [parseDocuments(before, kinds), parseDocuments(after, kinds)]
  return { before: a, after: b, same: new Set(), resourcesOfSame: () => [] }
}

/** A document with its text, without a preceding marker. */
interface Named {
  readonly text: string
  /** End of the text in its file. */
  readonly end: number
  /** Undefined if only a YAML parser can determine it. */
  readonly name: Ref | undefined
}
type Cut = Source & { readonly documents: readonly Named[] }

function cutAll(sources: readonly Source[], known: ReadonlySet<string>): Cut[] {
  return sources.map((source) => ({
    ...source,
    documents: cutStream(source.file, source.text).map((chunk) => namedOf(source.text, chunk, known)),
  }))
}

function namedOf(source: string, { text, marked, start }: Chunk, known: ReadonlySet<string>): Named {
  const end = start + text.length - (marked ? 3 : 0)
  const ownText = source.slice(source[start] === '\n' ? start + 1 : start, end)
  return { text: ownText, end, name: nameIn(ownText, known) }
}

/** The named documents that both sides have, by text; undefined if one of them occurs twice. */
function sameDocuments(before: readonly Cut[], after: readonly Cut[]): ReadonlyMap<string, Ref> | undefined {
  const [a, b] = [textsOf(before), textsOf(after)]
  if (!a || !b) return undefined
  for (const text of a.keys()) if (!b.has(text)) a.delete(text)
  return new Set(a.values()).size === a.size ? a : undefined
}

function textsOf(cuts: readonly Cut[]): Map<string, Ref> | undefined {
  const texts = new Map<string, Ref>()
  for (const { documents } of cuts)
    for (const { text, name } of documents) {
      if (!name) continue
      if (texts.has(text)) return undefined
      texts.set(text, name)
    }
  return texts
}

const head =
  /^kind: ([a-z][a-z-]*)\nkey: (?:"([^"\\\n]+)"|'([^'\n]+)'|([A-Za-z_][\w./@+%=#-]*(?: [\w./@+%=-]+)*))(?:\n|$)/

/** The ref of a document, if it can be read without a YAML parser. */
function nameIn(text: string, known: ReadonlySet<string>): Ref | undefined {
  const [, kind = '', double, single, plain] = head.exec(text) ?? []
  if (!known.has(kind) || (plain !== undefined && /^(true|false|null)$/i.test(plain))) return undefined
  const key = double ?? single ?? plain
  return key === undefined ? undefined : `${kind}/${key}`
}

/** Replaces documents that are not wanted by blank lines, so that the others keep their positions. */
function keep(cuts: readonly Cut[], wanted: (document: Named) => boolean): Source[] {
  return cuts.map(({ documents, ...source }) => {
    const { text } = source
    const parts: string[] = []
    let copiedTo = 0
    for (const document of documents) {
      if (wanted(document)) continue
      parts.push(text.slice(copiedTo, document.end - document.text.length), '\n'.repeat(count(document.text)))
      copiedTo = document.end
    }
    return { ...source, text: copiedTo === 0 ? text : parts.join('') + text.slice(copiedTo) }
  })
}

function withResources(parsed: Parsed, more: readonly Resource[], kinds: readonly Kind[]): Parsed {
  const resources = [...parsed.snapshot.resources, ...more].sort(bySnapshotOrder(kinds))
  return { ...parsed, snapshot: { ...parsed.snapshot, resources } }
}
