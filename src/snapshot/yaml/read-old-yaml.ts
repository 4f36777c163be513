import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { Failure, type Issue } from '../../issue.ts'
import { isObject, type Json } from '../../json.ts'
import { append } from '../../list-at.ts'
import { withLineFeeds } from './characters.ts'
import { cutStream } from './documents.ts'
import { type Locate, locator, type PlaceAt, placesIn } from './locate.ts'
import { oldTags, timestampKey } from './old-yaml-tags.ts'
import { treeState, valueOfNode } from './tree-value.ts'
import { faultsOf } from './yaml-fault.ts'
import { isTooDeep, type Limits, maxLevels } from './yaml-value.ts'

/** A YAML 1.1 document: its value, the places of its values, and what Python would read without a word. */
export interface OldYaml {
  readonly value: Json
  readonly place: Locate
  readonly issues: readonly Issue[]
}

const usual: Limits = { characters: 16 * 1024 * 1024, levels: maxLevels }

/**
 * Reads a file as Python programs do (PyYAML's `safe_load`): one document of YAML 1.1. Times are objects with the key
 * `timestampKey`. A key that is written twice counts as its last value, with a warning. Throws `Failure` with the place
 * of each fault.
 */
export function readOldYaml(file: string, text: string, limits = usual): OldYaml {
  if (text.length > limits.characters)
    throw failure('too-large', `${file} has more than ${limits.characters} characters.`, { file, line: 1, column: 1 })
  const [chunk, second] = cutStream(file, text.replace(/^\uFEFF/, ''))
  const start = { file, line: 1, column: 1 }
  if (!chunk) throw failure('invalid-value', `${file} is empty.`, start)
  if (second)
    throw failure('invalid-yaml', 'The file has more than one document.', { ...start, line: second.line }, onlyOne)
  const lines = new LineCounter()
  const body = withLineFeeds(chunk.text)
  const document = parseDocument(body, {
    schema: 'failsafe',
    customTags: (tags) => [...tags, ...oldTags],
    uniqueKeys: false,
    strict: true,
    stringKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  })
  const placeAt = placesIn(chunk, lines, [])
  const issues: Issue[] = faultsOf(document, body).map(({ code, message, offset }) => ({
    code,
    severity: 'error',
    message,
    place: placeAt(Math.max(0, offset)),
  }))
  const fail = (code: Issue['code'], message: string, node: { range?: readonly number[] | null }) =>
    issues.push({ code, severity: 'error', message, place: placeAt(node.range?.[0] ?? 0) })
  if (issues.length > 0) throw new Failure(issues)
  trimLast(document, body)
  const value = bounded(() => valueOfNode(document.contents, treeState(body.length, fail)))
  if (issues.length > 0) throw new Failure(issues)
  if (isTooDeep(value, limits.levels))
    throw failure('too-large', `Values may be nested at most ${limits.levels} levels deep.`, start)
  append(issues, repeatedKeys(document, placeAt))
  return { value, place: locator(chunk, { document, lines }), issues }

  function bounded(read: () => Json): Json {
    try {
      return read()
    } catch (error) {
      if (error instanceof RangeError) throw failure('too-large', 'The values are nested too deeply.', start)
      throw error
    }
  }
}

/** A block at the end of a text without a last line end has none either, for Python. */
function trimLast(document: Document.Parsed, body: string): void {
  if (body.endsWith('\n')) return
  visit(document, {
    Scalar(_, node) {
      const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
      if (isBlock && typeof node.value === 'string' && (node.range?.[1] ?? 0) >= body.length)
        node.value = node.value.replace(/\n$/, '')
    },
  })
}

/** Warns about keys that are written twice, and leaves the last of each, so that places are those of the values that count. */
function repeatedKeys(document: Document.Parsed, placeAt: PlaceAt): Issue[] {
  const found: Issue[] = []
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>()
      for (const { key } of map.items) {
        if (!isScalar(key) || key.value === '<<') continue
        if (seen.has(key.value))
          found.push({
            code: 'duplicate-key',
            severity: 'warning',
            message: `${String(key.value)} is written twice. Prefect takes the last one.`,
            fix: 'Remove the others.',
            place: placeAt(key.range?.[0] ?? 0),
          })
        seen.add(key.value)
      }
      lastKeys(map)
    },
  })
  return found
}

function lastKeys(map: { items: { key: unknown }[] }): void {
  const last = new Map<unknown, { key: unknown }>()
  for (const pair of map.items) last.set(isScalar(pair.key) ? pair.key.value : pair, pair)
  map.items = [...last.values()]
}

const onlyOne = 'Remove the line ---, or put the documents into files of their own.'

function failure(code: Issue['code'], message: string, place: Issue['place'], fix?: string): Failure {
  return new Failure([{ code, severity: 'error', message, ...(place ? { place } : {}), ...(fix ? { fix } : {}) }])
}

/** The time of a value that is one. */
export function timestampOf(value: Json | undefined): string | undefined {
  if (!isObject(value)) return undefined
  const time = value[timestampKey]
  return typeof time === 'string' ? time : undefined
}

/** A value with its times as texts. */
export function withPlainTimes(value: Json): Json {
  if (Array.isArray(value)) return value.map(withPlainTimes)
  if (!isObject(value)) return value
  const time = timestampOf(value)
  if (time !== undefined) return time
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPlainTimes(item)]))
}
