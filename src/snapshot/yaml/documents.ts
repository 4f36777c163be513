/** One document of a stream, as text, and where it begins. */
export interface Chunk {
  readonly file: string
  readonly text: string
  /** Where it begins in the file: behind the marker. */
  readonly start: number
  /** Number of the first line of `text` in the file, from 1. */
  readonly line: number
  /** The text begins on a marker's line, with blanks in the marker's room. */
  readonly marked: boolean
}

/** A line ends with `\n` alone: JavaScript's own `^` sees one begin after U+2028 too, which YAML text may hold. */
const marker = /(?<![^\n])---(?=\s|$)/g

/**
 * Cuts a stream into its documents. `---` at the start of a line is always a document's start in YAML, so no parsing is
 * needed. A document may begin on that line; blanks take the marker's room, so that columns stay. Documents of comments
 * and blank lines alone are left out.
 */
export function cutStream(file: string, text: string): Chunk[] {
  const chunks: Chunk[] = []
  let start = 0
  let line = 1
  for (const { index } of `${text}\n---`.matchAll(marker)) {
    const part = text.slice(start, index)
    if (/^[^\S\n]*[^#\s]/m.test(part))
      chunks.push({ file, text: start > 0 ? `   ${part}` : part, start, line, marked: start > 0 })
    line += count(part)
    start = index + 3
  }
  return chunks
}

/** How many lines end in a text. */
export function count(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
