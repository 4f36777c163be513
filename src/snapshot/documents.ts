/** One document of a stream, as text, and where it begins. */
export interface Chunk {
  readonly file: string
  readonly text: string
  /** Number of the first line of `text` in the file, from 1. */
  readonly line: number
}

/**
 * Cuts a stream into its documents. `---` at the start of a line is always a document's start in YAML, so no parsing is
 * needed. Documents of comments and blank lines alone are left out.
 */
export function cutStream(file: string, text: string): Chunk[] {
  const chunks: Chunk[] = []
  let start = 0
  let line = 1
  for (const match of `${text}\n---\n`.matchAll(/^---(?=\s|$)[^\n]*\n/gm)) {
    const part = text.slice(start, match.index)
    if (/^[^\S\n]*[^#\s]/m.test(part)) chunks.push({ file, text: part, line })
    line += count(text.slice(start, match.index + match[0].length))
    start = match.index + match[0].length
  }
  return chunks
}

function count(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
