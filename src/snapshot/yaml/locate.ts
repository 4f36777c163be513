import { type Document, isMap, isNode, isPair, isScalar, isSeq, type LineCounter, visit } from 'yaml'
import type { Place } from '../../issue.ts'
import { type Pointer, steps } from '../../json.ts'
import type { Chunk } from './documents.ts'
import { parseYaml } from './yaml.ts'

/** A part of a text that is not shown. */
type Hidden = readonly [start: number, end: number]

/** The place of an offset into a document's text, in its file. */
export function placeAt(chunk: Chunk, lines: LineCounter, offset: number, hidden?: readonly Hidden[]): Place {
  const { line, col } = lines.linePos(Math.min(offset, chunk.text.length))
  const begin = lines.lineStarts[line - 1] ?? 0
  return { file: chunk.file, line: chunk.line + line - 1, column: col, ...excerptAt(chunk, begin, hidden) }
}

/** The line that begins at an offset; none where it may hold a part of a secret in clear. */
function excerptAt(
  { text, marked }: Chunk,
  begin: number,
  hidden: readonly Hidden[] = perhapsPlain(text),
): Pick<Place, 'excerpt'> {
  const end = text.indexOf('\n', begin)
  const line = text.slice(begin, end < 0 ? undefined : end).replace(/\r$/, '')
  if (hidden.some(([from, to]) => from <= begin + line.length && begin < to)) return {}
  return { excerpt: marked && begin === 0 ? `---${line.slice(3)}` : line }
}

const plain = /(["']?)\bplain\1\s*:|\?\s+["']?plain\b/g
const part = /\n["']?(kind|key|refs|spec|secrets)["']?\s*:/g

/** Where secrets in clear may stand in a text that need not be YAML: from each `plain:` to the next part of the document. */
function perhapsPlain(text: string): Hidden[] {
  return [...text.matchAll(plain)].map(({ index }) => {
    part.lastIndex = index
    return [index, (part.exec(text)?.index ?? text.length) + 1]
  })
}

/** Where secrets in clear stand in a document. */
function plainIn(document: Document.Parsed, { text }: Chunk): readonly Hidden[] {
  if (document.errors.length > 0 || !text.includes('plain')) return perhapsPlain(text)
  const found: Hidden[] = []
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || key.value !== 'plain') return
      const [start, end] = [key.range?.[0] ?? 0, isNode(value) ? (value.range?.[1] ?? text.length) : text.length]
      found.push([start, Math.max(end, start + 1)])
    },
  })
  return found
}

/** Where a document begins, after its marker, comments and blank lines; without reading it. */
export function startOf(chunk: Chunk): Place {
  const offset = Math.max(0, chunk.text.search(/(?<=^\s*)[^#\s]/m))
  const before = chunk.text.slice(0, offset)
  const begin = before.lastIndexOf('\n') + 1
  return {
    file: chunk.file,
    line: chunk.line + before.split('\n').length - 1,
    column: offset - begin + 1,
    ...excerptAt(chunk, begin),
  }
}

/** The place of what a pointer leads to: the value, or its key where `onKey`; the nearest thing above it where it is missing. */
export type Locate = (pointer: Pointer, onKey?: boolean) => Place

/** Finds places in a document, which is read again unless it is at hand. */
export function locator(chunk: Chunk, { document, lines } = parseYaml(chunk.text, false)): Locate {
  const hidden = plainIn(document, chunk)
  return (pointer, onKey = false) => placeAt(chunk, lines, offsetOf(document, pointer, onKey), hidden)
}

function offsetOf(document: Document.Parsed, pointer: Pointer, onKey: boolean): number {
  let node: unknown = document.contents
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  for (const key of steps(pointer)) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      if (!isPair(pair)) return offset
      offset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(key)]
      if (isNode(node)) offset = node.range?.[0] ?? offset
    } else return offset
  }
  return !onKey && isScalar(node) ? (node.range?.[0] ?? offset) : offset
}
