import { type Document, isNode, isScalar, LineCounter, visit } from 'yaml'
import type { Place } from '../../issue.ts'
import type { Pointer } from '../../json.ts'
import type { Chunk } from './documents.ts'
import { eventPlaces } from './event-places.ts'
import { type Tree, treeOffset } from './tree-places.ts'
import { parseYaml } from './yaml.ts'

/** A range of a text that must not be shown. */
type Hidden = readonly [start: number, end: number]

/** The position of an offset in its file. */
export type PlaceAt = (offset: number) => Place

/** Finds the positions of offsets in a document. `hidden` are the ranges without excerpts, in order. */
export function placesIn(
  chunk: Chunk,
  lines: LineCounter,
  hidden: readonly Hidden[] = perhapsPlain(chunk.text),
): PlaceAt {
  return (offset) => {
    const { line, col } = lines.linePos(Math.min(offset, chunk.text.length))
    const begin = lines.lineStarts[line - 1] ?? 0
    return { file: chunk.file, line: chunk.line + line - 1, column: col, ...excerptAt(chunk, begin, hidden) }
  }
}

/** Characters of a line in an excerpt: a document on one line may have thousands of faults. */
const longestExcerpt = 1000

/** The line at an offset, or its beginning; undefined if it may contain a part of a secret in clear text. */
function excerptAt({ text, marked }: Chunk, begin: number, hidden: readonly Hidden[]): Pick<Place, 'excerpt'> {
  const next = text.indexOf('\n', begin)
  const end = next < 0 ? text.length : next
  const before = hidden[firstAfter(hidden, end) - 1]
  if (before && begin < before[1]) return {}
  const line = text.slice(begin, Math.min(end, begin + longestExcerpt)).replace(/\r$/, '')
  return { excerpt: marked && begin === 0 ? `---${line.slice(3)}` : line }
}

/** The index of the first range that starts after an offset. */
function firstAfter(ranges: readonly Hidden[], offset: number): number {
  let [low, high] = [0, ranges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle]?.[0] ?? 0) > offset) high = middle
    else low = middle + 1
  }
  return low
}

/** The word `plain` as double quotes may have it: with escapes for its letters, and line breaks that escapes take away. */
const plainWord = [...'plain']
  .map((letter) => {
    const code = letter.charCodeAt(0).toString(16)
    const digits = code.replace(/[a-f]/, (digit) => `[${digit}${digit.toUpperCase()}]`)
    return String.raw`(?:${letter}|\\(?:x|u00|U000000)${digits})`
  })
  .join(String.raw`(?:\\\r?\n[ \t]*)*`)
const plain = new RegExp(String.raw`(["']?)\b${plainWord}\1\s*:|"${plainWord}"\s*:|\?\s+["']?${plainWord}\b`, 'g')
const part = /\n["']?(kind|key|refs|spec|secrets)["']?\s*:/g

/**
 * Ranges that may contain secrets in clear text, in a text that need not be valid YAML: from each `plain:` to the next
 * part of the document.
 */
function perhapsPlain(text: string): readonly Hidden[] {
  let end = -1
  const written: Hidden[] = []
  for (const { index } of text.matchAll(plain)) {
    // The next part follows this `plain:`, too.
    if (index < end) continue
    part.lastIndex = index
    end = part.exec(text)?.index ?? text.length
    written.push([index, end + 1])
  }
  return withRepeated(text, written)
}

/** An alias repeats the content of its anchor. */
function withRepeated(text: string, written: readonly Hidden[]): readonly Hidden[] {
  const isRepeated = written.some(([start, end]) => text.slice(start, end).includes('*'))
  const first = isRepeated ? text.indexOf('&') : -1
  return first < 0 ? written : [...written.filter(([start]) => start < first), [first, text.length + 1]]
}

/** Whether there may be a key `plain`, which can be written with escapes too. */
const perhapsPlainKey = /plain|\\[uUx\r\n]/

/** The ranges of secrets in clear text in a document. */
function plainIn(document: Document.Parsed, { text }: Chunk): readonly Hidden[] {
  if (document.errors.length > 0 || !perhapsPlainKey.test(text)) return perhapsPlain(text)
  const found: Hidden[] = []
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || key.value !== 'plain') return
      const [start, end] = [key.range?.[0] ?? 0, isNode(value) ? (value.range?.[1] ?? text.length) : text.length]
      // A key of that name within such a value is hidden already.
      if (start >= (found.at(-1)?.[1] ?? 0)) found.push([start, Math.max(end, start + 1)])
    },
  })
  return withRepeated(text, found)
}

/** The start of a document, after its marker, comments and blank lines; without parsing. */
export function startOf(chunk: Chunk): Place {
  if (chunk.origin) return chunk.origin('')
  const offset = Math.max(0, chunk.text.search(/[^#\s](?<=(?<![^\n])\s*[^#\s])/))
  const before = chunk.text.slice(0, offset)
  const begin = before.lastIndexOf('\n') + 1
  return {
    file: chunk.file,
    line: chunk.line + before.split('\n').length - 1,
    column: offset - begin + 1,
    ...excerptAt(chunk, begin, perhapsPlain(chunk.text)),
  }
}

/**
 * Finds the position of a value, or of its key with `onKey`. If it is missing, the position of its nearest existing
 * parent.
 */
export type Locate = (pointer: Pointer, onKey?: boolean) => Place

/** Creates a locator for a document, which is parsed again if no parsed document is given. */
export function locator(chunk: Chunk, parsed?: Pick<ReturnType<typeof parseYaml>, 'document' | 'lines'>): Locate {
  if (chunk.origin) return chunk.origin
  if (!parsed && !perhapsPlainKey.test(chunk.text)) return quickLocator(chunk)
  return completeLocator(chunk, parsed)
}

/** Lookups that search the events of a document each; a document may have a hundred thousand faults. */
const mostSearches = 8

/** Creates a locator for a document without secrets in clear text. Most documents with a fault have one or two. */
function quickLocator(chunk: Chunk): Locate {
  const offsetOf = eventPlaces(chunk.text)
  let complete: Locate | undefined
  let placeAt: PlaceAt | undefined
  let searches = 0
  return (pointer, onKey = false) => {
    const offset = searches++ < mostSearches ? offsetOf?.(pointer, onKey) : undefined
    if (offset === undefined) {
      complete ??= completeLocator(chunk)
      return complete(pointer, onKey)
    }
    placeAt ??= placesIn(chunk, linesOf(chunk.text), [])
    return placeAt(offset)
  }
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
  return lines
}

/** Creates a locator that looks up every place in the tree of a document. */
export function completeLocator(
  chunk: Chunk,
  parsed?: Pick<ReturnType<typeof parseYaml>, 'document' | 'lines'>,
): Locate {
  const { document, lines } = parsed ?? parseYaml(chunk.text, false)
  const hidden = plainIn(document, chunk)
  const tree: Tree = { document, keys: new Map(), targets: new Map() }
  const placeAt = placesIn(chunk, lines, hidden)
  return (pointer, onKey = false) => placeAt(treeOffset(tree, pointer, onKey))
}
