import { type Document, visit as visitNodes } from 'yaml'
import type { YamlFault } from './yaml-fault.ts'

/*
 * The characters that YAML 1.2 and PyYAML, which reads YAML 1.1, do not treat alike
 * (docs/decisions/0035-line-based-yaml-reader.md). `yaml` accepts all of them everywhere.
 */

/** Control characters, U+FFFE and U+FFFF. YAML 1.2 allows those from U+007F in quotes, and the others nowhere. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: matching control characters is the purpose
export const forbidden = /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/

/**
 * Characters that are written as escapes: those that a reader may refuse, take for a line end or a byte order mark, and those
 * that change the direction in which the text around them is shown.
 */
const escaped = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g

/**
 * Whether a text has to be in double quotes: for characters that are escaped, for a tab on a line, or for a colon at its
 * start, which PyYAML does not take for text in a list on one line.
 */
export function needsQuotes(text: string): boolean {
  return text.search(escaped) >= 0 || text.startsWith(':') || (text.includes('\t') && !text.includes('\n'))
}

/** Writes as escapes what is in double quotes already. */
export function withEscapes(yaml: string): string {
  return yaml.replace(escaped, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16)}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** The text with `\n` for each carriage return that ends a line alone. It has the same length. */
export function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r(?!\n)/g, '\n') : text
}

/** A fault for each forbidden character, at the first place where it must not be. */
export function forbiddenCharacters(document: Document.Parsed, text: string): YamlFault[] {
  if (!forbidden.test(text)) return []
  const quoted: (readonly [number, number])[] = []
  visitNodes(document, {
    Scalar: (_, { type, range }) => {
      if (range && type?.startsWith('QUOTE')) quoted.push([range[0], range[1]])
    },
  })
  const first = new Map<string, number>()
  let next = 0
  for (const { index, 0: character } of text.matchAll(new RegExp(forbidden, 'g'))) {
    while ((quoted[next]?.[1] ?? Number.POSITIVE_INFINITY) <= index) next++
    const isQuoted = (quoted[next]?.[0] ?? Number.POSITIVE_INFINITY) < index
    if (!(isQuoted && character >= '\u007f') && !first.has(character)) first.set(character, index)
  }
  return [...first].map(([character, offset]) => ({ code: 'invalid-yaml', message: messageOf(character), offset }))
}

function messageOf(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(4, '0')
  const place = character >= '\u007f' ? ' outside of quotes' : ''
  return `YAML text must not contain the character U+${code.toUpperCase()}${place}; write it as "\\u${code}".`
}
