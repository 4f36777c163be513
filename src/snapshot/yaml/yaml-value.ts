import type { Issue } from '../../issue.ts'
import { isObject, type Json } from '../../json.ts'
import type { Chunk } from './documents.ts'
import { quickValue } from './fast-reader.ts'
import { type Locate, locator, placeAt, startOf } from './locate.ts'
import { faultsOf, parseYaml } from './yaml.ts'

/** What keeps reading bounded. */
export interface Limits {
  /** Characters of a file at most, so that a mistaken path does not exhaust the memory. */
  readonly characters: number
  /** Levels of nesting at most. */
  readonly levels: number
}

/** What a document holds, and where its parts are; or why it cannot be read. */
export type Read =
  | { readonly value: Json; readonly place: Locate; readonly issues: readonly [] }
  | { readonly issues: readonly Issue[] }

/** Reads the value of one document. */
export function readValue(chunk: Chunk, levels: number): Read {
  const value = quickValue(chunk.text, levels)
  return value === undefined ? readWithFaults(chunk, levels) : { value, place: whenAsked(chunk), issues: [] }
}

/** A document is read for its places only where one is asked for. */
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
  const issue = (code: 'invalid-yaml' | 'too-large', message: string, offset?: number): Issue => ({
    code,
    severity: 'error',
    message,
    place: offset === undefined ? startOf(chunk) : placeAt(chunk, lines, Math.max(0, offset)),
  })
  const tooDeep = { issues: [issue('too-large', `Values may be nested at most ${levels} levels deep.`)] }
  // The YAML library goes down by recursion, and tells of the end of the stack as a fault of the text.
  if (document.errors.some(({ message }) => message.includes('call stack'))) return tooDeep
  try {
    const faults = faultsOf(document, chunk.text)
    if (faults.length > 0)
      return { issues: faults.map(({ message, offset }) => issue('invalid-yaml', message, offset)) }
    const value = document.toJS({ maxAliasCount: 100 }) as Json
    return depth(value, 0, levels) > levels ? tooDeep : { value, place: locator(chunk, parsed), issues: [] }
  } catch (error) {
    if (error instanceof RangeError) return tooDeep
    // Aliases that multiply into a huge value end here.
    const fix = 'Repeat the values instead of using aliases.'
    return { issues: [{ ...issue('too-large', error instanceof Error ? error.message : String(error)), fix }] }
  }
}

function depth(value: Json, level: number, deepest: number): number {
  if (level > deepest || typeof value !== 'object' || value === null) return level
  let most = level
  for (const item of Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [])
    most = Math.max(most, depth(item, level + 1, deepest))
  return most
}
