import { define, type Json, type JsonObject } from '../../json.ts'
import { forbidden } from './characters.ts'
import { literal, plain, plainValue, quoted } from './fast-scalar.ts'
import { Lines, unsupported } from './line-reader.ts'

/*
 * The `yaml` package keeps the position of every node, which takes ten times as long as reading the values alone. A
 * document without errors needs no positions. This reader parses line by line the YAML that this tool writes, and most
 * of what people add to it. Everything else is left to `yaml`, which also reports errors with positions
 * (docs/decisions/0035-line-based-yaml-reader.md).
 */

/** Parses a document that is a mapping; undefined if it uses unsupported YAML, or is nested deeper than `levels`. */
export function readFast(text: string, levels: number): JsonObject | undefined {
  if (forbidden.test(text)) return undefined
  const lines = new Lines(text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text, levels)
  try {
    return documentOf(lines)
  } catch (error) {
    // A regular expression may overflow on long text.
    if (error === unsupported || error instanceof RangeError) return undefined
    throw error
  }
}

/** A key and its `:`. Other unquoted keys are rare. */
const plainKey = /[A-Za-z_/$][\w./$@-]*(?: +[\w./$@-]+)*:(?=[ \n]|$)/y
const quotedKey = /(?:"[^"\\\n]*"|'[^'\\\n]*'):(?=[ \n]|$)/y
/** An unquoted text in a flow sequence. */
const plainItem = /(?:[\w/$.]|-(?=[\w.]))[\w./$@+*()=-]*(?:(?: (?=[\w./$@+*()=-])|:(?=[\w/]))[\w./$@+*()=-]*)*/y
/** YAML limits an implicit key to 1,024 characters. */
const longestKey = 1000

function documentOf(lines: Lines): JsonObject {
  lines.toContent(0)
  if (lines.column !== 0) throw unsupported
  const value = mapping(lines, 1)
  // The mapping ends early at a line whose indentation matches no level above it.
  if (lines.at < lines.text.length) throw unsupported
  return value
}

function mapping(lines: Lines, depth: number): JsonObject {
  const { column } = lines
  if (depth > lines.levels) throw unsupported
  const object: Record<string, Json> = {}
  do {
    const key = keyHere(lines)
    if (key === undefined || Object.hasOwn(object, key)) throw unsupported
    define(object, key, valueOfKey(lines, column, depth + 1))
  } while (lines.column === column)
  return object
}

/** Reads a key at the current position; undefined if there is none. */
function keyHere(lines: Lines): string | undefined {
  const key = lines.match(plainKey)?.slice(0, -1) ?? lines.match(quotedKey)?.slice(1, -2)
  return key === undefined || key.length > longestKey ? undefined : key
}

function valueOfKey(lines: Lines, column: number, depth: number): Json {
  const at = lines.afterSpaces(lines.at)
  if (!lines.isEnd(at)) return onLine(lines, at, column, depth)
  lines.toNext(at)
  // A sequence may have the same indentation as its key.
  const isBelow = lines.column > column || (lines.column === column && lines.isItem())
  return isBelow ? block(lines, depth) : null
}

function block(lines: Lines, depth: number): Json {
  return lines.isItem() ? list(lines, depth) : mapping(lines, depth)
}

function list(lines: Lines, depth: number): readonly Json[] {
  const { column } = lines
  if (depth > lines.levels) throw unsupported
  const items: Json[] = []
  while (lines.column === column && lines.isItem()) items.push(itemOf(lines, column, depth + 1))
  return items
}

function itemOf(lines: Lines, column: number, depth: number): Json {
  const at = lines.afterSpaces(lines.at + 1)
  if (lines.isEnd(at)) {
    lines.toNext(at)
    return lines.column > column ? block(lines, depth) : null
  }
  // A collection on the line of its `-` is indented to its own start.
  lines.column += at - lines.at
  lines.at = at
  if (lines.isItem()) return list(lines, depth)
  const isMapping = keyHere(lines) !== undefined
  lines.at = at
  return isMapping ? mapping(lines, depth) : onLine(lines, at, column, depth)
}

/** Reads a value that begins on the line of its key or `-`, and moves to the next content line. */
function onLine(lines: Lines, at: number, column: number, depth: number): Json {
  lines.at = at
  const first = lines.text[at]
  if (first === '|') return literal(lines, column)
  const isFlow = first === '[' || first === '{'
  const value = isFlow ? flow(lines, depth) : first === '"' || first === "'" ? quoted(lines) : plain(lines)
  const end = lines.afterSpaces(lines.at)
  // A comment must follow a space.
  if (!lines.isEnd(end) || (lines.text[end] === '#' && end === lines.at)) throw unsupported
  lines.toNext(end)
  return value
}

/** Reads a flow sequence, or an empty flow mapping. */
function flow(lines: Lines, depth: number): Json {
  const { text } = lines
  if (depth > lines.levels) throw unsupported
  if (text.startsWith('{}', lines.at)) {
    lines.at += 2
    return {}
  }
  if (text[lines.at] !== '[') throw unsupported
  const items: Json[] = []
  do {
    lines.at = lines.afterSpaces(lines.at + 1)
    if (text[lines.at] === ']') break
    items.push(itemInFlow(lines, depth + 1))
    lines.at = lines.afterSpaces(lines.at)
  } while (text[lines.at] === ',')
  if (text[lines.at] !== ']') throw unsupported
  lines.at++
  return items
}

function itemInFlow(lines: Lines, depth: number): Json {
  const first = lines.text[lines.at]
  if (first === '"' || first === "'") return quoted(lines)
  if (first === '[' || first === '{') return flow(lines, depth)
  const text = lines.match(plainItem)
  if (text === undefined) throw unsupported
  return plainValue(text)
}
