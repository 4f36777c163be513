import { define, type Json, type JsonObject } from '../../json.ts'
import { literal, plain, plainValue, quoted } from './fast-scalar.ts'
import { Lines, unsupported } from './line-reader.ts'

/*
 * The package `yaml` keeps where everything stands, and takes ten times as long for it as the values alone are worth. A
 * document without a fault needs no places. What follows reads the YAML that this tool writes and most of what people
 * write into it, line by line; whatever else there may be is left to `yaml`, which alone says what is wrong and where
 * (docs/decisions/0035-line-based-yaml-reader.md).
 */

/** The value of a document that is a mapping; undefined where it is not plain enough, or nested deeper than `levels`. */
export function quickValue(text: string, levels: number): JsonObject | undefined {
  const lines = new Lines(text.includes('\r') ? text.replaceAll('\r\n', '\n') : text, levels)
  try {
    return documentOf(lines)
  } catch (error) {
    // A text may be too long for a pattern.
    if (error === unsupported || error instanceof RangeError) return undefined
    throw error
  }
}

/** A key and its `:`. Others that are not in quotes are rare. */
const plainKey = /[A-Za-z_/$][\w./$@-]*(?: +[\w./$@-]+)*:(?=[ \n]|$)/y
const quotedKey = /(?:"[^"\\\n]*"|'[^'\\\n]*'):(?=[ \n]|$)/y
/** A text in a list on one line. */
const plainItem = /(?:[\w/$.]|-(?=[\w.]))[\w./$@+*()=-]*(?:(?: (?=[\w./$@+*()=-])|:(?=[\w/]))[\w./$@+*()=-]*)*/y
/** YAML wants a key on one line to be no longer than 1,024 characters. */
const longestKey = 1000

function documentOf(lines: Lines): JsonObject {
  lines.toContent(0)
  if (lines.column !== 0) throw unsupported
  const value = mapping(lines, 1)
  // A line that is indented as far as nothing above it ends whatever it is in, and here.
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

/** The key that stands here; undefined where none does. */
function keyHere(lines: Lines): string | undefined {
  const key = lines.match(plainKey)?.slice(0, -1) ?? lines.match(quotedKey)?.slice(1, -2)
  return key === undefined || key.length > longestKey ? undefined : key
}

function valueOfKey(lines: Lines, column: number, depth: number): Json {
  const at = lines.afterSpaces(lines.at)
  if (!lines.isEnd(at)) return onLine(lines, at, column, depth)
  lines.toNext(at)
  // A list may be indented as far as its key.
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
  // A collection that begins on the line of its `-` is indented to there.
  lines.column += at - lines.at
  lines.at = at
  if (lines.isItem()) return list(lines, depth)
  const isMapping = keyHere(lines) !== undefined
  lines.at = at
  return isMapping ? mapping(lines, depth) : onLine(lines, at, column, depth)
}

/** A value that begins on the line of its key or its `-`, and goes to the line after it. */
function onLine(lines: Lines, at: number, column: number, depth: number): Json {
  lines.at = at
  const sign = lines.text[at]
  if (sign === '|') return literal(lines, column)
  const isFlow = sign === '[' || sign === '{'
  const value = isFlow ? flow(lines, depth) : sign === '"' || sign === "'" ? quoted(lines) : plain(lines)
  const end = lines.afterSpaces(lines.at)
  // A comment stands behind a blank.
  if (!lines.isEnd(end) || (lines.text[end] === '#' && end === lines.at)) throw unsupported
  lines.toNext(end)
  return value
}

/** A collection on one line: a list, or an empty mapping. */
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
  const sign = lines.text[lines.at]
  if (sign === '"' || sign === "'") return quoted(lines)
  if (sign === '[' || sign === '{') return flow(lines, depth)
  const text = lines.match(plainItem)
  if (text === undefined) throw unsupported
  return plainValue(text)
}
