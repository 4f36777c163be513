import type { Json } from '../../json.ts'
import { type Lines, unsupported } from './line-reader.ts'
import { numberFrom } from './numbers.ts'

// Runs of one character class: an alternation per character would use the engine's stack for each.
const inDoubleQuotes = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"/y
const inSingleQuotes = /'[^'\n]*(?:''[^'\n]*)*'/y
const literalHead = /\|[-+]? *(?: #[^\n]*)?\n/y
/** Beginnings that are not plain text in YAML. */
const noPlainStart = /^(?:[,[\]{}#&*!|>'"%@`\t]|[-?](?: |$))/
const words: Readonly<Record<string, null | boolean>> = {
  ...{ '~': null, null: null, Null: null, NULL: null },
  ...{ true: true, True: true, TRUE: true, false: false, False: false, FALSE: false },
}

/** Length of the longest of these words. */
const longestWord = 5

/** The value of an unquoted scalar. */
export function plainValue(text: string): Json {
  if (text.length <= longestWord && Object.hasOwn(words, text)) return words[text] as null | boolean
  if (!/^[-+.\d]/.test(text)) return text
  try {
    return numberFrom(text) ?? text
  } catch {
    throw unsupported
  }
}

/** Reads a quoted text on one line. Supports the escapes of JSON. */
export function quoted(lines: Lines): string {
  const isDouble = lines.text[lines.at] === '"'
  const written = lines.match(isDouble ? inDoubleQuotes : inSingleQuotes)
  if (written === undefined) throw unsupported
  if (!isDouble) return written.slice(1, -1).replaceAll("''", "'")
  if (!written.includes('\\')) return written.slice(1, -1)
  try {
    return JSON.parse(written) as string
  } catch {
    throw unsupported
  }
}

/** Reads an unquoted value, up to the end of its line or a comment. */
export function plain(lines: Lines): Json {
  const line = lines.text.slice(lines.at, lines.lineEnd(lines.at))
  const comment = line.indexOf(' #')
  const written = comment < 0 ? line : line.slice(0, comment)
  lines.at += written.length
  // `trimEnd` would also remove characters that are not white space in YAML.
  const text = written.endsWith(' ') ? written.replace(/(?<! ) +$/, '') : written
  if (noPlainStart.test(text) || text.includes(': ') || text.endsWith(':') || text.includes('\t')) throw unsupported
  return plainValue(text)
}

/** Reads a literal block scalar that is indented deeper than `column`, and moves to the next content line. */
export function literal(lines: Lines, column: number): string {
  const end = lines.match(literalHead)?.[1]
  if (end === undefined || !lines.text.endsWith('\n')) throw unsupported
  const indent = indentBelow(lines)
  if (indent <= column) throw unsupported
  const found = linesWithin(lines, indent)
  let length = found.length
  while (found[length - 1] === '') length--
  const blank = found.length - length
  found.length = length
  return found.join('\n') + (end === '-' ? '' : '\n'.repeat(end === '+' ? blank + 1 : 1))
}

/**
 * The indentation of a literal block: that of its first line that is not blank. Blank lines before it must not be
 * longer.
 */
function indentBelow(lines: Lines): number {
  let start = lines.at
  let longest = 0
  for (;;) {
    const at = lines.afterSpaces(start)
    if (at >= lines.text.length) throw unsupported
    if (lines.text[at] !== '\n') {
      if (longest > at - start) throw unsupported
      return at - start
    }
    longest = Math.max(longest, at - start)
    start = at + 1
  }
}

function linesWithin(lines: Lines, indent: number): string[] {
  const found: string[] = []
  let start = lines.at
  while (start < lines.text.length) {
    const at = Math.min(lines.afterSpaces(start), start + indent)
    if (at < start + indent && lines.text[at] !== '\n') break
    const end = lines.lineEnd(at)
    found.push(lines.text.slice(at, end))
    start = end + 1
  }
  lines.toContent(start)
  return found
}
