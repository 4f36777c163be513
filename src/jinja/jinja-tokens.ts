/*
 * The tokens of a Jinja template, with the delimiters and the settings that Prefect uses: no line statements, and blocks are
 * not trimmed.
 */

export type TokenType =
  | 'text'
  | 'open'
  | 'close'
  | 'name'
  | 'string'
  | 'integer'
  | 'float'
  | 'operator'
  | 'end'
  | 'fault'

export interface Token {
  readonly type: TokenType
  /** As written; of `open` and `close` without a sign for whitespace, of a fault its reason. */
  readonly text: string
  /** The offset in the text. */
  readonly at: number
}

/** White space of Python, which is not that of JavaScript. */
const space = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const digits = '(?:\\p{Nd}+_)*\\p{Nd}+'

const opening = new RegExp(`\\{%[-+]?${space}*raw${space}*(?:-%\\}${space}*|%\\})|\\{\\{[-+]?|\\{%[-+]?|\\{#[-+]?`, 'g')
const commentEnd = /[-+]?#\}/g
const rawEnd = new RegExp(`\\{%[-+]?${space}*endraw${space}*[-+]?%\\}`, 'g')
const spaceAfter = new RegExp(`${space}*`, 'y')

const tokenForms: readonly (readonly [TokenType | 'space', RegExp])[] = [
  ['space', new RegExp(`${space}+`, 'y')],
  ['float', new RegExp(`(?<!\\.)${digits}(?:(?:\\.${digits})?e[+-]?${digits}|\\.${digits})`, 'iuy')],
  ['integer', /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\p{Nd})*|0(?:_?0)*/iuy],
  ['name', /\p{XIDC}+/uy],
  ['string', /'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"/suy],
  ['operator', /\/\/|\*\*|[=!<>]=|[-+/*%~[\](){}<>=.:|,;]/y],
]
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Whether a text has nothing but white space. */
export function isBlankText(text: string): boolean {
  return matchFrom(spaceAfter, text, 0)?.[0].length === text.length
}

/** The tokens of a template; the last one is `end` or `fault`. Comments and white space have none. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const open = matchFrom(opening, text, at)
    if (!open) {
      tokens.push({ type: 'text', text: text.slice(at), at })
      break
    }
    if (open.index > at) tokens.push({ type: 'text', text: text.slice(at, open.index), at })
    at = open.index + open[0].length
    if (open[0].startsWith('{#')) at = skipComment(text, at, tokens)
    else if (open[0].length > 3) at = readRaw(text, at, tokens)
    else {
      const delimiter = open[0].slice(0, 2)
      tokens.push({ type: 'open', text: delimiter, at: open.index })
      at = readTag(text, at, delimiter === '{{' ? '}}' : '%}', tokens)
    }
    if (tokens.at(-1)?.type === 'fault') return tokens
  }
  return [...tokens, { type: 'end', text: '', at: tokens.at(-1)?.at ?? 0 }]
}

function matchFrom(form: RegExp, text: string, at: number): RegExpExecArray | null {
  form.lastIndex = at
  return form.exec(text)
}

/** The offset after white space, which a sign at the end of a tag removes. */
function afterSign(end: string, text: string, at: number): number {
  return end.startsWith('-') ? at + (matchFrom(spaceAfter, text, at)?.[0].length ?? 0) : at
}

/** A comment that begins at the very end of a text needs no end. */
function skipComment(text: string, at: number, tokens: Token[]): number {
  const end = matchFrom(commentEnd, text, at)
  if (end) return afterSign(end[0], text, end.index + end[0].length)
  if (at < text.length) tokens.push({ type: 'fault', text: 'the comment has no end "#}"', at })
  return text.length
}

function readRaw(text: string, at: number, tokens: Token[]): number {
  const end = matchFrom(rawEnd, text, at)
  if (end) {
    if (end.index > at) tokens.push({ type: 'text', text: text.slice(at, end.index), at })
    return afterSign(end[0].slice(-3), text, end.index + end[0].length)
  }
  if (at < text.length) tokens.push({ type: 'fault', text: '"raw" has no end "endraw"', at })
  return text.length
}

/** Reads up to the end of a tag, which only counts outside of brackets. */
function readTag(text: string, start: number, close: string, tokens: Token[]): number {
  const brackets: string[] = []
  let at = start
  while (at < text.length) {
    const end = closeAt(text, at, close)
    if (end !== undefined && brackets.length === 0) {
      tokens.push({ type: 'close', text: close, at })
      return afterSign(end, text, at + end.length)
    }
    const token = tokenAt(text, at)
    if (token.type === 'operator') {
      const fault = bracketFault(token.text, brackets)
      if (fault) return tokens.push({ type: 'fault', text: fault, at })
    }
    if (token.type !== 'space') tokens.push({ type: token.type, text: token.text, at })
    if (token.type === 'fault') return at
    at += token.text.length
  }
  return at
}

/** The end of a tag with its sign, if there is one. `+}}` is none. */
function closeAt(text: string, at: number, close: string): string | undefined {
  const signs = close === '%}' ? ['', '-', '+'] : ['', '-']
  return signs.map((sign) => sign + close).find((end) => text.startsWith(end, at))
}

function tokenAt(text: string, at: number): { readonly type: TokenType | 'space'; readonly text: string } {
  for (const [type, form] of tokenForms) {
    const match = matchFrom(form, text, at)
    if (!match) continue
    const [token] = match
    if (type === 'name' && !/^[\p{XIDS}_]/u.test(token)) break
    const fault = type === 'string' ? escapeFault(token) : undefined
    return fault ? { type: 'fault', text: fault } : { type, text: token }
  }
  return { type: 'fault', text: `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))}` }
}

function bracketFault(text: string, brackets: string[]): string | undefined {
  const close = Object.hasOwn(closing, text) ? closing[text] : undefined
  if (close) brackets.push(close)
  if (!/^[\])}]$/.test(text)) return undefined
  const expected = brackets.pop()
  if (expected === text) return undefined
  return expected === undefined ? `unexpected "${text}"` : `unexpected "${text}" instead of "${expected}"`
}

/** Escapes of Python. Names of characters (`\N{BULLET}`) are not looked up. */
function escapeFault(string: string): string | undefined {
  for (const { 0: start, 1: name, index } of string.matchAll(/\\(?:([xuUN])|.)/gs)) {
    if (name === undefined) continue
    const rest = string.slice(index + 2)
    const isWhole = { x: /^[\da-f]{2}/i, u: /^[\da-f]{4}/i, U: /^(?:000[\da-f]|0010)[\da-f]{4}/i, N: /^\{[^}]+\}/ }
    if (!isWhole[name as keyof typeof isWhole].test(rest)) return `the escape "${start}" is not complete`
  }
  return undefined
}
