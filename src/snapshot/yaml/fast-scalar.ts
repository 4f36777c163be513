import type { Json } from '../../json.ts'
import { type Lines, unsupported } from './line-reader.ts'
import { numberFrom } from './numbers.ts'

// Runs of one class, since a choice for every character takes room on the stack of the engine for each.
const inDoubleQuotes = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"/y
const inSingleQuotes = /'[^'\n]*(?:''[^'\n]*)*'/y
const literalHead = /\|[-+]? *(?: #[^\n]*)?\n/y
/** What means something else at the start of a text without quotes. */
const noPlainStart = /^(?:[,[\]{}#&*!|>'"%@`\t]|[-?](?: |$))/
const words: Readonly<Record<string, null | boolean>> = {
  ...{ '~': null, null: null, Null: null, NULL: null },
  ...{ true: true, True: true, TRUE: true, false: false, False: false, FALSE: false },
}

/** Characters of the longest of the words. */
const longestWord = 5

/** What a text without quotes is read as. */
export function plainValue(text: string): Json {
  if (text.length <= longestWord && Object.hasOwn(words, text)) return words[text] as null | boolean
  if (!/^[-+.\d]/.test(text)) return text
  try {
    return numberFrom(text) ?? text
  } catch {
    throw unsupported
  }
}

/** A text in quotes, on one line. Of its escapes those that JSON has. */
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

/** A value without quotes, up to the end of its line or a comment. */
export function plain(lines: Lines): Json {
  const line = lines.text.slice(lines.at, lines.lineEnd(lines.at))
  const comment = line.indexOf(' #')
  const written = comment < 0 ? line : line.slice(0, comment)
  lines.at += written.length
  // `trimEnd` would take what YAML does not call a blank.
  const text = written.endsWith(' ') ? written.replace(/ +$/, '') : written
  if (noPlainStart.test(text) || text.includes(': ') || text.endsWith(':') || text.includes('\t')) throw unsupported
  return plainValue(text)
}

/** A text in lines of its own, deeper than `column`, and goes to what comes after it. */
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

/** How far the lines of a literal text are indented: as the first that is not blank. Blank ones before it may not be longer. */
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
