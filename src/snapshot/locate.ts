import { type Document, isMap, isNode, isPair, isScalar, isSeq, type LineCounter } from 'yaml'
import type { Place } from '../issue.ts'
import { type Pointer, steps } from '../json.ts'
import type { Chunk } from './documents.ts'
import { parseYaml } from './yaml.ts'

/** The place of an offset into a document's text, in its file. */
export function placeAt(chunk: Chunk, lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(Math.min(offset, chunk.text.length))
  const text = chunk.text.slice(lines.lineStarts[line - 1], lines.lineStarts[line]).replace(/\r?\n$/, '')
  const excerpt = chunk.marked && line === 1 ? `---${text.slice(3)}` : text
  return { file: chunk.file, line: chunk.line + line - 1, column: col, excerpt }
}

/** Where a document begins, after its marker, comments and blank lines; without reading it. */
export function startOf(chunk: Chunk): Place {
  const offset = Math.max(0, chunk.text.search(/(?<=^\s*)[^#\s]/m))
  const before = chunk.text.slice(0, offset)
  const begin = before.lastIndexOf('\n') + 1
  const end = chunk.text.indexOf('\n', offset)
  const text = chunk.text.slice(begin, end < 0 ? undefined : end).replace(/\r$/, '')
  return {
    file: chunk.file,
    line: chunk.line + before.split('\n').length - 1,
    column: offset - begin + 1,
    excerpt: chunk.marked && begin === 0 ? `---${text.slice(3)}` : text,
  }
}

/** The place of what a pointer leads to: the value, or its key where `onKey`; the nearest thing above it where it is missing. */
export type Locate = (pointer: Pointer, onKey?: boolean) => Place

/** Finds places in a document, which is read again unless it is at hand. */
export function locator(chunk: Chunk, { document, lines } = parseYaml(chunk.text, false)): Locate {
  return (pointer, onKey = false) => placeAt(chunk, lines, offsetOf(document, pointer, onKey))
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
