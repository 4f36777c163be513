import { Document, isScalar, type Scalar, visit as visitNodes } from 'yaml'
import { isObject, type Json, writeJson } from '../../json.ts'
import { needsQuotes, withEscapes } from './characters.ts'
import { writeFast } from './fast-writer.ts'
import { options } from './yaml.ts'

/**
 * Formats a value as YAML: short lists of scalars on one line, long lines not folded, ambiguous text of YAML 1.1
 * quoted. Text that replaces `like` keeps its style of quotes.
 */
export function writeYaml(value: Json, like?: unknown): string {
  const quick = isObject(value) && like === undefined ? writeFast(value, writeCarefully) : undefined
  return quick ?? writeCarefully(value, like)
}

/** Formats the same text with the library alone. */
export function writeCarefully(value: Json, like?: unknown): string {
  const document = new Document(value, writing)
  visitNodes(document, {
    Seq: (key, list) => {
      list.flow =
        key !== null &&
        list.items.every((item) => isScalar(item) && !String(item.value).includes('\n')) &&
        writeJson(list.toJS(document) as Json).length <= 100
    },
    // A block scalar would lose leading blank lines.
    Scalar: (key, scalar) => {
      if (key === 'value') quoteLike(scalar, like)
      if (typeof scalar.value !== 'string') return
      if (/^\s*[ \t]\n/.test(scalar.value) || needsQuotes(scalar.value)) scalar.type = 'QUOTE_DOUBLE'
    },
  })
  return withEscapes(document.toString(layout))
}

/** Formats a value on one line, for a flow collection. */
export function writeFlow(value: Json, like?: unknown): string {
  const document = new Document([value], writing)
  visitNodes(document, {
    Collection: (_, collection) => {
      collection.flow = true
    },
    Scalar: (_, scalar) => {
      quoteLike(scalar, like)
      if (typeof scalar.value !== 'string') return
      if (scalar.value.includes('\n') || needsQuotes(scalar.value)) scalar.type = 'QUOTE_DOUBLE'
    },
  })
  return withEscapes(document.toString(layout)).trimEnd().slice(1, -1)
}

const writing = { ...options, aliasDuplicateObjects: false, compat: 'yaml-1.1' } as const

/** Quoted text is on one line: in several, `yaml` 2.9 writes a line of one space as a backslash. */
const layout = {
  lineWidth: 0,
  flowCollectionPadding: false,
  doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
} as const

function quoteLike(scalar: Scalar, like: unknown): void {
  if (!isScalar(like) || typeof like.value !== 'string' || typeof scalar.value !== 'string') return
  if (like.type?.startsWith('QUOTE')) scalar.type = like.type as 'QUOTE_DOUBLE' | 'QUOTE_SINGLE'
}
