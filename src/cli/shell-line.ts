/** A line of bash, split into words without their quotes. */
export interface ShellLine {
  readonly words: readonly string[]
  /** The position of the word at the cursor, which ends there. */
  readonly index: number
  /** The word at the cursor as it is typed. */
  readonly raw: string
  /** The quote that is open at the cursor. */
  readonly quote: string
  /** The part of the word before that quote. */
  readonly beforeQuote: string
}

interface Word {
  text: string
  raw: string
  quote: string
  beforeQuote: string
  started: boolean
}

const blank = (): Word => ({ text: '', raw: '', quote: '', beforeQuote: '', started: false })

/** Splits a line as bash does, up to the cursor and after it. Variables and commands in it are left as they are. */
export function splitLine(line: string, point: number): ShellLine {
  const characters = [...line]
  const words: string[] = []
  const current = scan(characters.slice(0, point), words)
  const { raw, quote, beforeQuote } = current
  const index = words.length
  words.push(current.text)
  // The rest of the word at the cursor is not looked at.
  const rest = characters.slice(point)
  const space = rest.findIndex((character) => /\s/.test(character))
  const last = scan(space < 0 ? [] : rest.slice(space), words)
  if (last.started) words.push(last.text)
  return { words, index, raw, quote, beforeQuote }
}

/** Adds the complete words to `words`, and returns the one that is open at the end. */
function scan(characters: readonly string[], words: string[]): Word {
  let word = blank()
  let isEscaped = false
  for (const character of characters) {
    if (!isEscaped && word.quote === '' && /\s/.test(character)) {
      if (word.started) words.push(word.text)
      word = blank()
      continue
    }
    word.raw += character
    word.started = true
    if (isEscaped) {
      word.text += character
      isEscaped = false
    } else if (character === '\\' && word.quote !== "'") isEscaped = true
    else if (word.quote === character) word.quote = ''
    else if (word.quote === '' && /['"]/.test(character)) {
      word.quote = character
      word.beforeQuote = word.text
    } else word.text += character
  }
  return word
}

/**
 * A value as bash inserts it: quoted like the word at the cursor, and without what comes before the last character at which bash
 * breaks words (`COMP_WORDBREAKS`), since it replaces only the rest.
 */
export function forBash(value: string, { raw, quote, beforeQuote }: ShellLine, breaks: string, end: string): string {
  if (quote !== '') {
    const rest = value.startsWith(beforeQuote) ? value.slice(beforeQuote.length) : value
    return quote === "'" ? rest.replaceAll("'", "'\\''") : rest.replace(/["\\$`]/g, '\\$&')
  }
  const escaped = value.replace(/[\s"'`$\\<>|;&()*?[\]{}!~]/g, '\\$&') + end
  const inWord = [...breaks].filter((character) => !/[\s"']/.test(character))
  const at = Math.max(-1, ...inWord.map((character) => raw.lastIndexOf(character)))
  const head = raw.slice(0, at + 1)
  return escaped.startsWith(head) ? escaped.slice(head.length) : escaped
}
