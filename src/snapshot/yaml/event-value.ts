import {
  type AliasEvent,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml'
import { define, isObject, type Json, type JsonObject } from '../../json.ts'
import { numberFrom } from './numbers.ts'
import { withInherited } from './tree-value.ts'

/** Thrown for what only the `yaml` package can read, or refuse. */
export const unsupported = new Error('not supported by the fast reader')

/** The node of an anchor. */
interface Anchored {
  /** Undefined while its node is being read: an alias cannot occur inside its own anchor. */
  value?: Json
  /** Length of its node in characters, with aliases resolved. */
  size: number
}

/** A collection that is being read. */
interface Frame {
  readonly list: Json[] | undefined
  readonly object: Record<string, Json>
  /** The key whose value comes next. */
  key: string | undefined
  isMerge: boolean
  /** The mappings of its merge key, in order of precedence. */
  sources: readonly JsonObject[] | undefined
  readonly anchor: Anchored | undefined
  /** The number of characters before it. */
  readonly start: number
}

/** The state of reading a document, event by event. */
export interface Building {
  readonly source: string
  /** The maximum nesting depth. */
  readonly levels: number
  readonly frames: Frame[]
  /** By name. If a name is reused, the later anchor is valid from there on. */
  readonly anchors: Map<string, Anchored>
  root: Json | undefined
  /** Number of characters so far, with aliases resolved. */
  size: number
  /** Number of characters that aliases may still add. */
  budget: number
}

/** What aliases may add, as a multiple of the document's length: less than where `yaml` refuses them. */
const mostRepeated = 20
/** YAML limits an implicit key to 1,024 characters. */
const longestKey = 1000
const none = -1
const name = /^[\w-]+$/
const words: Readonly<Record<string, null | boolean>> = {
  ...{ '~': null, null: null, Null: null, NULL: null, '': null },
  ...{ true: true, True: true, TRUE: true, false: false, False: false, FALSE: false },
}
/** Length of the longest of these words. */
const longestWord = 5

/** The state at the start of a document. */
export function building(source: string, levels: number): Building {
  const budget = mostRepeated * source.length
  return { source, levels, frames: [], anchors: new Map(), root: undefined, size: 0, budget }
}

/** Adds a key, or a scalar value. */
export function addScalar(state: Building, event: ScalarEvent): void {
  if (event.tagStart !== none) throw unsupported
  state.size += 1 + event.valueEnd - event.valueStart
  const frame = state.frames.at(-1)
  if (frame && frame.list === undefined && frame.key === undefined) addKey(state, frame, event)
  else {
    if (isBlock(event) && (!frame || isDisputed(state.source, event))) throw unsupported
    const text = getScalarValue(state.source, event)
    const value = event.style === SCALAR_STYLE.PLAIN ? plainValue(text) : text
    if (event.anchorStart !== none) {
      if (event.valueStart === none) throw unsupported
      openAnchor(state, event, value).size = 1 + event.valueEnd - event.valueStart
    }
    addValue(state, value)
  }
}

function isBlock({ style }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK
}

/**
 * Whether the two libraries differ about a block: one with an indentation of its own and blank lines with spaces. They also
 * do where it is not in a collection.
 */
function isDisputed(source: string, { valueStart, valueEnd }: ScalarEvent): boolean {
  const head = source.slice(source.lastIndexOf('\n', valueStart - 2) + 1, valueStart)
  return /[|>][-+]?\d/.test(head) && /(?<![^\n]) +(?:\n|$)/.test(source.slice(valueStart, valueEnd))
}

/** Keys are texts, whatever they look like. */
function addKey(state: Building, frame: Frame, event: ScalarEvent): void {
  const { valueStart, valueEnd, style } = event
  if (valueStart === none || isBlock(event) || valueEnd - valueStart > longestKey) throw unsupported
  const key = getScalarValue(state.source, event)
  // An anchor of a key may as well be one of the mapping that it begins.
  if (event.anchorStart !== none) throw unsupported
  if (!event.fast && state.source.slice(valueStart, valueEnd).includes('\n')) throw unsupported
  frame.isMerge = key === '<<' && style === SCALAR_STYLE.PLAIN
  if (frame.isMerge ? frame.sources : Object.hasOwn(frame.object, key)) throw unsupported
  frame.key = key
}

/** Adds a list or a mapping, whose content comes next. */
export function openCollection(state: Building, event: MappingEvent | SequenceEvent, isMapping: boolean): void {
  const parent = state.frames.at(-1)
  const isKey = parent && parent.list === undefined && parent.key === undefined
  if (event.tagStart !== none || isKey || state.frames.length >= state.levels) throw unsupported
  state.frames.push({
    list: isMapping ? undefined : [],
    object: {},
    key: undefined,
    isMerge: false,
    sources: undefined,
    anchor: event.anchorStart === none ? undefined : openAnchor(state, event),
    start: state.size++,
  })
}

/** Ends a collection, or the document. */
export function closeCollection(state: Building): void {
  const frame = state.frames.pop()
  if (!frame) return
  const value = frame.list ?? withInherited(frame.object, frame.sources ?? [])
  if (frame.anchor) Object.assign(frame.anchor, { value, size: state.size - frame.start })
  addValue(state, value)
}

/** Adds the value of an anchor. */
export function addAlias(state: Building, event: AliasEvent): void {
  const frame = state.frames.at(-1)
  if (frame && frame.list === undefined && frame.key === undefined) throw unsupported
  const anchored = state.anchors.get(state.source.slice(event.anchorStart, event.anchorEnd))
  // Without a limit, a few lines of nested aliases could exhaust the memory.
  if (anchored?.value === undefined || anchored.size > state.budget) throw unsupported
  state.budget -= anchored.size
  state.size += anchored.size
  addValue(state, anchored.value)
}

function openAnchor(state: Building, event: ScalarEvent | MappingEvent | SequenceEvent, value?: Json): Anchored {
  const written = state.source.slice(event.anchorStart, event.anchorEnd)
  if (!name.test(written) || !/\s/.test(state.source.charAt(event.anchorEnd) || ' ')) throw unsupported
  const anchored: Anchored = value === undefined ? { size: 0 } : { value, size: 0 }
  state.anchors.set(written, anchored)
  return anchored
}

function addValue(state: Building, value: Json): void {
  const frame = state.frames.at(-1)
  if (!frame) state.root = value
  else if (frame.list) frame.list.push(value)
  else {
    if (frame.isMerge) frame.sources = mergeSources(value)
    else if (frame.key !== undefined) define(frame.object, frame.key, value)
    frame.key = undefined
  }
}

/** The mappings that a `<<` merges. */
function mergeSources(value: Json): readonly JsonObject[] {
  const list: readonly Json[] = Array.isArray(value) ? value : [value as Json]
  if (!list.every(isObject)) throw unsupported
  return list
}

/** The value of an unquoted scalar, in the core schema of YAML 1.2 with exact numbers. */
function plainValue(text: string): Json {
  if (text.length <= longestWord && Object.hasOwn(words, text)) return words[text] as null | boolean
  const first = text.charCodeAt(0)
  const mayBeNumber = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e
  // A number that JSON cannot hold is an error, which `yaml` reports.
  return mayBeNumber ? (numberFrom(text) ?? text) : text
}
