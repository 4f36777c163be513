import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml'
import { type Pointer, steps } from '../../json.ts'
import { disputed } from './fast-reader.ts'

/** Returns the offset of a value or of its key; undefined if only `yaml` can tell. */
export type OffsetOf = (pointer: Pointer, onKey: boolean) => number | undefined

/**
 * Finds offsets in a document from js-yaml's events, which takes a tenth of the time of a tree with positions. Undefined for
 * a document with an error, or with what the libraries may read in different ways.
 */
export function eventPlaces(text: string): OffsetOf | undefined {
  if (disputed.test(text)) return undefined
  try {
    const events = parseEvents(text, { maxDepth: 600 })
    return events.some(isUnusual) ? undefined : (pointer, onKey) => offsetOf(text, events, steps(pointer), onKey)
  } catch {
    return undefined
  }
}

/** Directives, tags, anchors and aliases. */
function isUnusual(event: Event): boolean {
  if (event.type === EVENT_ID.POP) return false
  if (event.type === EVENT_ID.DOCUMENT) return event.explicitStart || event.directives.length > 0
  return event.type === EVENT_ID.ALIAS || event.tagStart >= 0 || event.anchorStart >= 0
}

function offsetOf(text: string, events: readonly Event[], path: readonly string[], onKey: boolean): number | undefined {
  // The first event is that of the document.
  let at = 1
  let offset = startOf(events[at])
  for (const name of path) {
    const parent = events[at]?.type
    if (parent === EVENT_ID.MAPPING) {
      const key = keyIn(text, events, at + 1, name)
      if (key === undefined) return offset
      offset = startOf(events[key])
      at = key + 1
    } else if (parent === EVENT_ID.SEQUENCE) {
      const item = itemIn(events, at + 1, name)
      if (item === undefined) return offset
      offset = startOf(events[item])
      at = item
    } else return offset
    if (offset === undefined) return undefined
  }
  const value = events[at]
  return value?.type === EVENT_ID.SCALAR && !onKey ? startOf(value) : offset
}

/** The index of a key, or undefined. */
function keyIn(text: string, events: readonly Event[], first: number, name: string): number | undefined {
  for (let at = first; events[at]?.type !== EVENT_ID.POP; at = after(events, at + 1)) {
    const key = events[at]
    if (key?.type === EVENT_ID.SCALAR && getScalarValue(text, key) === name) return at
  }
  return undefined
}

/** The index of an item, or undefined. */
function itemIn(events: readonly Event[], first: number, name: string): number | undefined {
  if (!/^\d+$/.test(name)) return undefined
  let at = first
  for (let rest = Number(name); rest > 0 && events[at]?.type !== EVENT_ID.POP; rest--) at = after(events, at)
  return events[at]?.type === EVENT_ID.POP ? undefined : at
}

/** The index after a node. */
function after(events: readonly Event[], first: number): number {
  let open = 0
  for (let at = first; at < events.length; at++) {
    const type = events[at]?.type
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) open++
    else if (type === EVENT_ID.POP) open--
    if (open === 0) return at + 1
  }
  return events.length
}

/** Where a node begins; undefined for nothing, and for a block scalar, whose event begins after its first line. */
function startOf(event: Event | undefined): number | undefined {
  if (event?.type === EVENT_ID.MAPPING || event?.type === EVENT_ID.SEQUENCE) return event.start
  if (event?.type !== EVENT_ID.SCALAR || event.valueStart < 0) return undefined
  if (event.style === SCALAR_STYLE.PLAIN) return event.valueStart
  const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED
  return isQuoted ? event.valueStart - 1 : undefined
}
