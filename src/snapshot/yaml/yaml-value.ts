import type { Issue, Place } from '../../issue.ts'
import { isObject, type Json } from '../../json.ts'
import type { Chunk } from './documents.ts'
import { mayHaveNul } from './escaped-nul.ts'
import { readFast } from './fast-reader.ts'
import { type Locate, locator, placesIn, startOf } from './locate.ts'
import { parseYaml, valueOfDocument } from './yaml.ts'
import type { YamlFault } from './yaml-fault.ts'

/** Levels of nesting at most, in every file that users write. */
export const maxLevels = 200

/** Limits that keep reading bounded. */
export interface Limits {
  /** The maximum number of characters in a file, so that a mistaken path does not exhaust the memory. */
  readonly characters: number
  /** The maximum nesting depth. */
  readonly levels: number
}

/** The value of a document with a locator for its positions; or the reasons why it cannot be read. */
export type Read =
  | { readonly value: Json; readonly place: Locate; readonly issues: readonly [] }
  | { readonly issues: readonly Issue[] }

/** Parses one document. */
export function readValue(chunk: Chunk, levels = maxLevels): Read {
  const value = mayHaveNul.test(chunk.text) ? undefined : readFast(chunk.text, levels)
  return value === undefined ? readWithFaults(chunk, levels) : { value, place: whenAsked(chunk), issues: [] }
}

/** Parses for positions only on demand. */
function whenAsked(chunk: Chunk): Locate {
  let locate: Locate | undefined
  return (pointer, onKey) => {
    locate ??= locator(chunk)
    return locate(pointer, onKey)
  }
}

function readWithFaults(chunk: Chunk, levels: number): Read {
  const parsed = parseYaml(chunk.text, false)
  const { document, lines } = parsed
  const placeAt = placesIn(chunk, lines)
  const issue = ({ code, message, offset }: YamlFault): Issue => ({
    code,
    severity: 'error',
    message,
    ...(code === 'too-large' ? { fix: 'Repeat the values instead of using aliases.' } : {}),
    place: placeAt(Math.max(0, offset)),
  })
  const tooDeep = { issues: [tooLarge(`Values may be nested at most ${levels} levels deep.`, startOf(chunk))] }
  // The YAML library is recursive and reports a stack overflow as an error in the text.
  if (document.errors.some(({ message }) => message.includes('call stack'))) return tooDeep
  try {
    const read = valueOfDocument(document, chunk.text)
    if ('faults' in read) return { issues: read.faults.map(issue) }
    const { value } = read
    return isTooDeep(value, levels) ? tooDeep : { value, place: locator(chunk, parsed), issues: [] }
  } catch (error) {
    if (error instanceof RangeError) return tooDeep
    throw error
  }
}

function tooLarge(message: string, place: Place): Issue {
  return { code: 'too-large', severity: 'error', message, place }
}

/** Whether a value has more levels than a reader accepts. */
export function isTooDeep(value: Json, levels = maxLevels): boolean {
  return depth(value, 0, levels) > levels
}

function depth(value: Json, level: number, deepest: number): number {
  if (level > deepest || typeof value !== 'object' || value === null) return level
  let most = level
  for (const item of Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [])
    most = Math.max(most, depth(item, level + 1, deepest))
  return most
}
