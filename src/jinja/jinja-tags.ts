import { type Cursor, expect, isAt, nested, peek, skip, TemplateFaultError, take, unexpected } from './jinja-cursor.ts'
import { readExpression, readFilter, readPipes, readTuple, type TupleOptions } from './jinja-expressions.ts'

import { isBlankText } from './jinja-tokens.ts'

/**
 * Reads a template up to a tag with one of these names, of which the cursor is at the name, or up to its end. Whether there
 * is nothing but white space.
 */
export function readBody(cursor: Cursor, ends: readonly string[] = []): boolean {
  let isBlank = true
  while (!isAt(cursor, 'end')) {
    const { type, text } = take(cursor)
    if (type === 'text') isBlank &&= isBlankText(text)
    else if (text === '{{') {
      readTuple(cursor)
      expect(cursor, 'close', '}}')
      isBlank = false
    } else {
      if (ends.length > 0 && isAt(cursor, 'name', ...ends)) return isBlank
      const { at, text: name } = peek(cursor)
      if (!isAt(cursor, 'name')) unexpected(cursor, 'the name of a tag')
      const read = Object.hasOwn(tags, name) ? tags[name] : undefined
      if (!read) throw new TemplateFaultError(unknown(name, ends), at)
      take(cursor)
      isBlank = nested(cursor, () => read(cursor)) === 'blank' && isBlank
      expect(cursor, 'close', '%}')
    }
  }
  if (ends.length > 0) unexpected(cursor, ends.map((end) => `"${end}"`).join(' or '))
  return isBlank
}

function unknown(name: string, ends: readonly string[]): string {
  const what = `there is no tag "${name}"`
  return ends.length === 0 ? what : `${what} here, where ${ends.map((end) => `"${end}"`).join(' or ')} is expected`
}

/** The rest of a tag, what is between it and the end, and the name of the end. */
function readBlock(cursor: Cursor, ...ends: readonly string[]): { readonly end: string; readonly isBlank: boolean } {
  skip(cursor, 'operator', ':')
  expect(cursor, 'close', '%}')
  const isBlank = readBody(cursor, ends)
  return { end: take(cursor).text, isBlank }
}

/** What is assigned to: names, and with `namespace` their attributes. */
function readTarget(cursor: Cursor, options: TupleOptions = {}): void {
  const { at } = peek(cursor)
  if (readTuple(cursor, { ...options, isTarget: true }) !== 'target')
    throw new TemplateFaultError('only names can be assigned to', at)
}

const constants = ['true', 'false', 'none', 'True', 'False', 'None']

function readName(cursor: Cursor): string {
  const { text, at } = expect(cursor, 'name')
  if (constants.includes(text)) throw new TemplateFaultError(`"${text}" cannot be assigned to`, at)
  return text
}

/** The parameters of a macro or of a call. */
function readSignature(cursor: Cursor): void {
  expect(cursor, 'operator', '(')
  let hasDefaults = false
  for (let count = 0; !isAt(cursor, 'operator', ')'); count++) {
    if (count > 0) expect(cursor, 'operator', ',')
    readName(cursor)
    if (skip(cursor, 'operator', '=')) {
      readExpression(cursor)
      hasDefaults = true
    } else if (hasDefaults) unexpected(cursor, 'a default, like those of the parameters before')
  }
  take(cursor)
}

/** `with context` and `without context`. */
function skipContext(cursor: Cursor): boolean {
  if (!isAt(cursor, 'name', 'with', 'without')) return false
  const { type, text } = peek(cursor, 1)
  if (type !== 'name' || text !== 'context') return false
  take(cursor)
  take(cursor)
  return true
}

function readFor(cursor: Cursor): void {
  const { loops } = cursor
  loops.count++
  loops.deepest = Math.max(loops.deepest, ++loops.open)
  readTarget(cursor)
  expect(cursor, 'name', 'in')
  readTuple(cursor, { conditional: false })
  if (skip(cursor, 'name', 'if')) readExpression(cursor)
  skip(cursor, 'name', 'recursive')
  if (readBlock(cursor, 'endfor', 'else').end === 'else') readBlock(cursor, 'endfor')
  loops.open--
}

function readIf(cursor: Cursor): void {
  let end = 'elif'
  while (end === 'elif') {
    readTuple(cursor, { conditional: false })
    end = readBlock(cursor, 'elif', 'else', 'endif').end
  }
  if (end === 'else') readBlock(cursor, 'endif')
}

function readSet(cursor: Cursor): void {
  readTarget(cursor, { namespace: true })
  if (skip(cursor, 'operator', '=')) {
    readTuple(cursor)
    return
  }
  readPipes(cursor)
  readBlock(cursor, 'endset')
}

function readWith(cursor: Cursor): void {
  for (let count = 0; !isAt(cursor, 'close'); count++) {
    if (count > 0) expect(cursor, 'operator', ',')
    readTarget(cursor)
    expect(cursor, 'operator', '=')
    readExpression(cursor)
  }
  readBlock(cursor, 'endwith')
}

function readNamedBlock(cursor: Cursor): void {
  const { text: name, at } = expect(cursor, 'name')
  skip(cursor, 'name', 'scoped')
  const isRequired = skip(cursor, 'name', 'required')
  if (isAt(cursor, 'operator', '-')) unexpected(cursor, 'a name without hyphens')
  const { isBlank } = readBlock(cursor, 'endblock')
  if (isRequired && !isBlank) throw new TemplateFaultError('a required block has only white space', at)
  skip(cursor, 'name', name)
}

function readFrom(cursor: Cursor): void {
  readExpression(cursor)
  expect(cursor, 'name', 'import')
  for (let count = 0; ; count++) {
    if (count > 0) expect(cursor, 'operator', ',')
    if (skipContext(cursor)) return
    const { at } = peek(cursor)
    if (readName(cursor).startsWith('_')) throw new TemplateFaultError('a name with "_" cannot be imported', at)
    if (skip(cursor, 'name', 'as')) readName(cursor)
    if (skipContext(cursor) || !isAt(cursor, 'operator', ',')) return
  }
}

function readCall(cursor: Cursor): void {
  if (isAt(cursor, 'operator', '(')) readSignature(cursor)
  const { at } = peek(cursor)
  if (readExpression(cursor) !== 'call') throw new TemplateFaultError('"call" has no call', at)
  readBlock(cursor, 'endcall')
}

function readPrint(cursor: Cursor): 'blank' | undefined {
  if (isAt(cursor, 'close')) return 'blank'
  for (let count = 0; !isAt(cursor, 'close'); count++) {
    if (count > 0) expect(cursor, 'operator', ',')
    readExpression(cursor)
  }
  return undefined
}

/** The tags without those of extensions, which Prefect does not load. The cursor is after the name. */
const tags: Readonly<Record<string, (cursor: Cursor) => unknown>> = {
  for: readFor,
  if: readIf,
  set: readSet,
  with: readWith,
  block: readNamedBlock,
  from: readFrom,
  call: readCall,
  print: readPrint,
  extends: (cursor) => void readExpression(cursor),
  include(cursor) {
    readExpression(cursor)
    const { type, text } = peek(cursor, 1)
    if (isAt(cursor, 'name', 'ignore') && type === 'name' && text === 'missing') {
      take(cursor)
      take(cursor)
    }
    skipContext(cursor)
  },
  import(cursor) {
    readExpression(cursor)
    expect(cursor, 'name', 'as')
    readName(cursor)
    skipContext(cursor)
  },
  macro(cursor) {
    readName(cursor)
    readSignature(cursor)
    readBlock(cursor, 'endmacro')
  },
  filter(cursor) {
    readFilter(cursor)
    readPipes(cursor)
    readBlock(cursor, 'endfilter')
  },
  autoescape(cursor) {
    readExpression(cursor)
    readBlock(cursor, 'endautoescape')
  },
}
