import type { Place } from '../../issue.ts'
import type { Pointer } from '../../json.ts'
import { withLineFeeds } from './characters.ts'

/** The text of one document of a stream, and its position. */
export interface Chunk {
  readonly file: string
  readonly text: string
  /** Start in the file, after the marker. */
  readonly start: number
  /** Number of the first line of `text` in the file, from 1. */
  readonly line: number
  /** The text begins on the marker's line; spaces replace the marker. */
  readonly marked: boolean
  /** Where its values come from, if the text was made from a file of another format. */
  readonly origin?: (pointer: Pointer, onKey?: boolean) => Place
}

/** Only `\n` ends a line: JavaScript's `^` also matches after U+2028, which YAML text may contain. */
const marker = /(?<![^\n])---(?=\s|$)/g

/**
 * Splits a stream into its documents. `---` at the start of a line always starts a document in YAML, so no parsing is
 * needed. A document may begin on that line; spaces replace the marker, so that columns remain correct. Documents with
 * only comments and blank lines are omitted.
 */
export function cutStream(file: string, stream: string): Chunk[] {
  const text = withLineFeeds(stream)
  const chunks: Chunk[] = []
  let start = 0
  let line = 1
  for (const { index } of `${text}\n---`.matchAll(marker)) {
    const part = text.slice(start, index)
    if (/(?<![^\n])[^\S\n]*[^#\s]/.test(part))
      chunks.push({ file, text: start > 0 ? `   ${part}` : part, start, line, marked: start > 0 })
    line += count(part)
    start = index + 3
  }
  return chunks
}

/** The number of line ends in a text. */
export function count(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
