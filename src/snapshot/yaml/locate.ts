import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type Pair,
  visit,
  type YAMLMap,
} from 'yaml'
import type { Place } from '../../issue.ts'
import { type Pointer, steps } from '../../json.ts'
import type { Chunk } from './documents.ts'
import { isMergeKey } from './tree-value.ts'
import { parseYaml } from './yaml.ts'

/** A range of a text that must not be shown. */
type Hidden = readonly [start: number, end: number]

/** The position of an offset in its file. */
export function placeAt(chunk: Chunk, lines: LineCounter, offset: number, hidden?: readonly Hidden[]): Place {
  const { line, col } = lines.linePos(Math.min(offset, chunk.text.length))
  const begin = lines.lineStarts[line - 1] ?? 0
  return { file: chunk.file, line: chunk.line + line - 1, column: col, ...excerptAt(chunk, begin, hidden) }
}

/** The line at an offset; undefined if it may contain a part of a secret in clear text. */
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

/**
 * Ranges that may contain secrets in clear text, in a text that need not be valid YAML: from each `plain:` to the next
 * part of the document.
 */
function perhapsPlain(text: string): readonly Hidden[] {
  const written = [...text.matchAll(plain)].map(({ index }): Hidden => {
    part.lastIndex = index
    return [index, (part.exec(text)?.index ?? text.length) + 1]
  })
  return withRepeated(text, written)
}

/** An alias repeats the content of its anchor. */
function withRepeated(text: string, written: readonly Hidden[]): readonly Hidden[] {
  const isRepeated = written.some(([start, end]) => text.slice(start, end).includes('*'))
  return isRepeated && text.includes('&') ? [...written, [text.indexOf('&'), text.length]] : written
}

/** The ranges of secrets in clear text in a document. */
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
  return withRepeated(text, found)
}

/** The start of a document, after its marker, comments and blank lines; without parsing. */
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

/**
 * Finds the position of a value, or of its key with `onKey`. If it is missing, the position of its nearest existing
 * parent.
 */
export type Locate = (pointer: Pointer, onKey?: boolean) => Place

/** Creates a locator for a document, which is parsed again if no parsed document is given. */
export function locator(chunk: Chunk, { document, lines } = parseYaml(chunk.text, false)): Locate {
  const hidden = plainIn(document, chunk)
  return (pointer, onKey = false) => placeAt(chunk, lines, offsetOf(document, pointer, onKey), hidden)
}

function offsetOf(document: Document.Parsed, pointer: Pointer, onKey: boolean): number {
  let written: unknown = document.contents
  let offset = isNode(written) ? (written.range?.[0] ?? 0) : 0
  for (const key of steps(pointer)) {
    const node = behindAlias(document, written)
    if (isMap(node)) {
      const pair = pairAt(document, node, key)
      if (!pair) return offset
      offset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset
      written = pair.value
    } else if (isSeq(node)) {
      written = node.items[Number(key)]
      if (isNode(written)) offset = written.range?.[0] ?? offset
    } else return offset
  }
  const isText = isScalar(behindAlias(document, written))
  return isText && !onKey && isNode(written) ? (written.range?.[0] ?? offset) : offset
}

/** Resolves an alias; returns every other node itself. */
function behindAlias(document: Document.Parsed, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node
}

/** Finds the pair of a key: in the mapping itself, or in the sources of its `<<`. */
function pairAt(document: Document.Parsed, map: YAMLMap, key: string): Pair | undefined {
  const own = map.items.find((pair) => !isMergeKey(pair.key) && isScalar(pair.key) && String(pair.key.value) === key)
  if (own) return own
  for (const { value } of map.items.filter((pair) => isMergeKey(pair.key))) {
    const source = behindAlias(document, value)
    for (const each of isSeq(source) ? source.items : [source]) {
      const one = behindAlias(document, each)
      const pair = isMap(one) ? pairAt(document, one, key) : undefined
      if (pair) return pair
    }
  }
  return undefined
}
