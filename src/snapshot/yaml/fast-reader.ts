import { EVENT_ID, type Event, parseEvents } from 'js-yaml'
import type { Json } from '../../json.ts'
import { forbidden } from './characters.ts'
import {
  addAlias,
  addScalar,
  type Building,
  building,
  closeCollection,
  openCollection,
  unsupported,
} from './event-value.ts'

/*
 * The `yaml` package keeps the position of every node, which takes several times as long as reading the values alone. A
 * document without errors needs no positions. js-yaml reads every document first, as events; `yaml` reads those that
 * js-yaml or the rules of this project refuse, and says what is wrong and where
 * (docs/decisions/0113-one-reader-for-all-yaml.md).
 */

/** A byte order mark, a tab at the start of a line or in a blank one, and the end of a document before that of the text. */
export const disputed = /\ufeff|(?<![^\n])(?:\t| +\t[ \t]*(?:\n|$)|\.\.\.(?:\s|$))/

/**
 * The value of a document; undefined if it has an error, is nested deeper than `levels`, or uses what the two libraries
 * may read in different ways.
 */
export function readFast(text: string, levels: number): Json | undefined {
  if (forbidden.test(text) || disputed.test(text)) return undefined
  const source = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  try {
    const state = building(source, levels)
    // A level of the value is at most three of the parser: a list, an explicit key, and its mapping.
    let documents = 0
    for (const event of parseEvents(source, { maxDepth: 3 * levels })) {
      if (event.type === EVENT_ID.DOCUMENT) documents++
      add(state, event)
    }
    return documents === 1 ? state.root : undefined
  } catch {
    // `yaml` reads it again, and finds the reason and the place of an error.
    return undefined
  }
}

function add(state: Building, event: Event): void {
  switch (event.type) {
    case EVENT_ID.DOCUMENT:
      if (event.directives.length > 0 || event.explicitStart || event.explicitEnd) throw unsupported
      break
    case EVENT_ID.SCALAR:
      addScalar(state, event)
      break
    case EVENT_ID.MAPPING:
      openCollection(state, event, true)
      break
    case EVENT_ID.SEQUENCE:
      openCollection(state, event, false)
      break
    case EVENT_ID.ALIAS:
      addAlias(state, event)
      break
    default:
      closeCollection(state)
  }
}
