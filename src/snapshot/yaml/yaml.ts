import {
  Document,
  type DocumentOptions,
  isScalar,
  LineCounter,
  type Node,
  type ParseOptions,
  parseDocument,
  type Scalar,
  type ScalarTag,
  type SchemaOptions,
  type Tags,
  visit as visitNodes,
  type YAMLError,
} from 'yaml'
import { isExact, isObject, type Json, type LosslessNumber, writeJson } from '../../json.ts'
import { writeFast } from './fast-writer.ts'
import { forms, numberFrom } from './numbers.ts'
import { isMergeKey, treeState, valueOfNode } from './tree-value.ts'

/** Numbers that JavaScript would change (5.0, 1e22, 2^53+1) are read and written as text. */
const exactInteger: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: forms.integer,
  identify: (value) => typeof value === 'number' && Number.isInteger(value),
  resolve: resolveNumber,
  stringify: ({ value }) => String(value),
}
const exactFloat: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: forms.float,
  identify: (value) => isExact(value) || (typeof value === 'number' && !Number.isInteger(value)),
  resolve: resolveNumber,
  stringify: ({ value }) => (isExact(value) ? (value as LosslessNumber).value : String(value)),
}
const octalOrHexadecimal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: forms.radix,
  resolve: resolveNumber,
}
const noNumber: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: forms.notJson,
  resolve: resolveNumber,
}

function resolveNumber(text: string, onError: (message: string) => void): unknown {
  try {
    return numberFrom(text)
  } catch (error) {
    onError(error instanceof Error ? error.message : String(error))
    return text
  }
}

function customTags(tags: Tags): Tags {
  const others = tags.filter((tag) => typeof tag !== 'object' || !/:(int|float)$/.test(tag.tag))
  return [exactInteger, octalOrHexadecimal, exactFloat, noNumber, ...others]
}

const options: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.2',
  schema: 'core',
  customTags,
  // A quoted "<<" is a key, and an unquoted one merges: a mapping may have both.
  uniqueKeys: (a, b) =>
    a === b || (isScalar(a) && isScalar(b) && a.value === b.value && isMergeKey(a) === isMergeKey(b)),
  strict: true,
  stringKeys: true,
  prettyErrors: false,
}

/** Parses a YAML document into a node tree, with errors and line positions. */
export function parseYaml(
  text: string,
  keepTokens: boolean,
): { readonly document: Document.Parsed; readonly lines: LineCounter } {
  const lines = new LineCounter()
  return { document: parseDocument(text, { ...options, lineCounter: lines, keepSourceTokens: keepTokens }), lines }
}

/** A fault of a document, and its offset. */
export interface YamlFault {
  readonly code: 'invalid-yaml' | 'invalid-value' | 'too-large'
  readonly message: string
  readonly offset: number
}

/** The value of a document, or its faults. */
export type YamlValue = { readonly value: Json } | { readonly faults: readonly YamlFault[] }

/** The value of a document, with aliases and merges resolved. */
export function valueOfDocument(document: Document.Parsed, text: string): YamlValue {
  const raw = text.indexOf('\0')
  if (raw >= 0)
    return { faults: [{ code: 'invalid-yaml', message: 'YAML text must not contain the NUL character.', offset: raw }] }
  const faults = [...faultsOf(document, text), ...escapedNuls(document, text)]
  if (document.errors.some(({ code }) => !alone.has(code))) return { faults }
  const fail = (code: YamlFault['code'], message: string, node: Node) =>
    faults.push({ code, message, offset: node.range?.[0] ?? 0 })
  const value = valueOfNode(document.contents, treeState(text.length, fail))
  return faults.length > 0 ? { faults: faults.sort((a, b) => a.offset - b.offset) } : { value }
}

/**
 * Syntax errors, and tags, because a tag can change a text to a value that is not JSON. Only the first syntax error is
 * reported: later ones are usually consequences.
 */
function faultsOf(document: Document.Parsed, text: string): YamlFault[] {
  const syntax = document.errors.filter(({ code }) => !alone.has(code)).slice(0, 1)
  const others = document.errors.filter(({ code }) => alone.has(code))
  const faults = [...syntax, ...others, ...document.warnings].map((error) => faultOf(error, text))
  if (syntax.length > 0 || !text.includes('!')) return faults
  const known = new Set(faults.map(({ offset }) => offset))
  visitNodes(document, {
    Value: (_, { tag, range }) => {
      const offset = tag ? text.lastIndexOf('!', range?.[0] ?? 0) : -1
      // A tag may have several `!`; its fault is reported at the first one.
      const start = text.slice(0, offset + 1).search(/![^\s,[\]{}]*$/)
      if (tag && !known.has(start))
        faults.push({
          code: 'invalid-yaml',
          message: `YAML tags such as ${tag} are not allowed.`,
          offset: start,
        })
    },
  })
  return faults
}

/** Whether a text may write the NUL character: as it is, or as an escape. */
export const mayHaveNul = /\0|\\(?:0|x00|u0000|U00000000)/

/** The texts with a NUL, keys too: YAML and JSON can write one, and PostgreSQL, which servers use, cannot store it. */
function escapedNuls(document: Document.Parsed, text: string): YamlFault[] {
  if (!mayHaveNul.test(text)) return []
  const faults: YamlFault[] = []
  visitNodes(document, {
    Scalar: (_, { value, range }) => {
      if (typeof value !== 'string' || !value.includes('\0') || !range) return
      const written = text.slice(range[0], range[1])
      // The escape of a backslash is one too, so that what follows is text.
      const escapes = [...written.matchAll(/\\(0|x00|u0000|U00000000|[\s\S])/g)]
      const nul = escapes.find(([, name]) => name?.endsWith('0'))
      const message = 'A text must not contain the NUL character: PostgreSQL cannot store it.'
      faults.push({ code: 'invalid-value', message, offset: range[0] + (nul?.index ?? 0) })
    },
  })
  return faults
}

function faultOf({ code, message, pos: [offset] }: YAMLError, text: string): YamlFault {
  const own =
    code === 'NON_STRING_KEY'
      ? 'A key must be text, not a collection or an alias.'
      : code === 'DUPLICATE_KEY' && /^<<\s*:/.test(text.slice(offset))
        ? 'The mapping has two merge keys. Write one with a list, such as <<: [*a, *b].'
        : message
  return { code: 'invalid-yaml', message: own, offset }
}
/** Errors that are independent of each other. */
const alone = new Set<string>(['DUPLICATE_KEY', 'NON_STRING_KEY', 'TAG_RESOLVE_FAILED'])

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
      if (typeof scalar.value === 'string' && /^\s*[ \t]\n/.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE'
    },
  })
  return document.toString(layout)
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
      if (typeof scalar.value === 'string' && scalar.value.includes('\n')) scalar.type = 'QUOTE_DOUBLE'
    },
  })
  return document.toString(layout).trimEnd().slice(1, -1)
}

const writing = { ...options, aliasDuplicateObjects: false, compat: 'yaml-1.1' } as const
const layout = { lineWidth: 0, flowCollectionPadding: false } as const

function quoteLike(scalar: Scalar, like: unknown): void {
  if (!isScalar(like) || typeof like.value !== 'string' || typeof scalar.value !== 'string') return
  if (like.type?.startsWith('QUOTE')) scalar.type = like.type as 'QUOTE_DOUBLE' | 'QUOTE_SINGLE'
}
