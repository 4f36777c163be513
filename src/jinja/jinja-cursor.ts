import type { Token, TokenType } from './jinja-tokens.ts'

/** Where a parser is in the tokens of a template, and what it counted on the way. */
export interface Cursor {
  readonly tokens: readonly Token[]
  index: number
  /** How many expressions and tags the parser is inside of. */
  depth: number
  readonly loops: { count: number; open: number; deepest: number }
}

/** Thrown inside of this room: why a template is none. */
export class TemplateFaultError extends Error {
  readonly at: number

  constructor(reason: string, at: number) {
    super(reason)
    this.at = at
  }
}

/** Thrown inside of this room: a template nests so deeply that it is not judged. */
export class TooDeepError extends Error {}

const maxDepth = 200

/** Reads something that may contain itself. */
export function nested<T>(cursor: Cursor, read: () => T): T {
  if (++cursor.depth > maxDepth) throw new TooDeepError()
  const result = read()
  cursor.depth--
  return result
}

/** The token at the cursor, or `ahead` tokens after it. Throws if that is a fault. */
export function peek({ tokens, index }: Cursor, ahead = 0): Token {
  const token = tokens[Math.min(index + ahead, tokens.length - 1)] as Token
  if (token.type === 'fault') throw new TemplateFaultError(token.text, token.at)
  return token
}

/** The token at the cursor, which moves on. */
export function take(cursor: Cursor): Token {
  const token = peek(cursor)
  cursor.index++
  return token
}

/** Whether the token at the cursor is of a type, and has one of these texts. */
export function isAt(cursor: Cursor, type: TokenType, ...texts: readonly string[]): boolean {
  const token = peek(cursor)
  return token.type === type && (texts.length === 0 || texts.includes(token.text))
}

/** Whether the token at the cursor is such a one, after which the cursor moves on. */
export function skip(cursor: Cursor, type: TokenType, text: string): boolean {
  const isThere = isAt(cursor, type, text)
  if (isThere) cursor.index++
  return isThere
}

/** Takes a token of a type, and with a text. Throws if another one is there. */
export function expect(cursor: Cursor, type: TokenType, text?: string): Token {
  if (text === undefined ? isAt(cursor, type) : isAt(cursor, type, text)) return take(cursor)
  return unexpected(cursor, text === undefined ? `a ${type}` : `"${text}"`)
}

/** Throws a fault about the token at the cursor. */
export function unexpected(cursor: Cursor, wanted: string): never {
  const { type, text, at } = peek(cursor)
  throw new TemplateFaultError(`${type === 'end' ? 'the text ends' : `"${text}" is`} where ${wanted} is expected`, at)
}
