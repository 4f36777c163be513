import { isTooDeep, misshapen } from '../json/shape.ts'
import { isObject, type JsonObject, parseJson } from '../json.ts'
import { shapesOf } from './journal-shapes.ts'

/** The lines of a journal, as far as they can be read. */
export interface JournalLines {
  readonly values: readonly JsonObject[]
  /** Numbers of the lines that are damaged: no JSON, or not as this tool writes them. What follows a torn line in the same line is among the values. */
  readonly damaged: readonly number[]
}

/** How every line but the head begins. A torn line may be followed by the next one without a line end. */
const start = /\{"type":"(?:intent|write|wrote|result|end)"/g

/** The maximum number of starts to try in one line. */
const maxStarts = 1000

/**
 * Reads lines of NDJSON. An incomplete last line, from a process that died, is ignored. Others are damaged if a write ended
 * early and was followed by another, as on a full disk.
 */
export function readLines(text: string): JournalLines {
  const values: JsonObject[] = []
  const damaged: number[] = []
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    if (line === '') continue
    const value = objectIn(line)
    const found = value ?? followingIn(line)
    if (found) values.push(found)
    if (!value) damaged.push(index + 1)
  }
  return { values, damaged }
}

/** The line that follows a torn one in the same line. */
function followingIn(line: string): JsonObject | undefined {
  for (const { index } of [...line.matchAll(start)].slice(0, maxStarts)) {
    const found = index > 0 ? objectIn(line.slice(index)) : undefined
    if (found) return found
  }
  return undefined
}

function objectIn(line: string): JsonObject | undefined {
  try {
    const value = parseJson(line)
    return isObject(value) && !isTooDeep(value) && misshapen(value, shapesOf(value)).length === 0 ? value : undefined
  } catch {
    return undefined
  }
}
