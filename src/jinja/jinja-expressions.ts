import { type Cursor, expect, isAt, nested, peek, skip, TemplateFaultError, take, unexpected } from './jinja-cursor.ts'

/** What an expression is, as far as tags ask: a name or a tuple of names, a call, or anything else. */
export type Form = 'target' | 'call' | 'other'

/** Reads one expression; without `conditional`, an `if` ends it. */
export function readExpression(cursor: Cursor, conditional = true): Form {
  return nested(cursor, () => (conditional ? readConditional(cursor) : readOr(cursor)))
}

function readConditional(cursor: Cursor): Form {
  let form = readOr(cursor)
  while (skip(cursor, 'name', 'if')) {
    readOr(cursor)
    if (skip(cursor, 'name', 'else')) readExpression(cursor)
    form = 'other'
  }
  return form
}

/** Operands with operators between them. */
function chain(read: (cursor: Cursor) => Form, isOperator: (cursor: Cursor) => boolean): (cursor: Cursor) => Form {
  return (cursor) => {
    let form = read(cursor)
    while (isOperator(cursor)) {
      read(cursor)
      form = 'other'
    }
    return form
  }
}

const operators =
  (...texts: readonly string[]) =>
  (cursor: Cursor) => {
    const isThere = isAt(cursor, 'operator', ...texts)
    if (isThere) take(cursor)
    return isThere
  }

const readPower = chain((cursor) => readUnary(cursor), operators('**'))
const readProduct = chain(readPower, operators('*', '/', '//', '%'))
const readConcatenation = chain(readProduct, operators('~'))
const readSum = chain(readConcatenation, operators('+', '-'))
const isComparison = operators('==', '!=', '<', '<=', '>', '>=')
const readComparison = chain(readSum, (cursor) => {
  if (isComparison(cursor) || skip(cursor, 'name', 'in')) return true
  const next = isAt(cursor, 'name', 'not') ? peek(cursor, 1) : undefined
  if (next?.type !== 'name' || next.text !== 'in') return false
  take(cursor)
  take(cursor)
  return true
})
const readAnd = chain(readNot, (cursor) => skip(cursor, 'name', 'and'))
const readOr = chain(readAnd, (cursor) => skip(cursor, 'name', 'or'))

function readNot(cursor: Cursor): Form {
  if (!skip(cursor, 'name', 'not')) return readComparison(cursor)
  nested(cursor, () => readNot(cursor))
  return 'other'
}

function readUnary(cursor: Cursor, withFilters = true): Form {
  const form = operators('-', '+')(cursor)
    ? nested(cursor, () => notTarget(readUnary(cursor, false)))
    : readPrimary(cursor)
  const after = readPostfix(cursor, form)
  return withFilters ? readFilters(cursor, after) : after
}

const notTarget = (_: Form): Form => 'other'

const constants = ['true', 'false', 'none', 'True', 'False', 'None']

/** Reads a name, a literal, or something in brackets; with `namespace`, also `name.attribute` as a target. */
export function readPrimary(cursor: Cursor, namespace = false): Form {
  const { type, text } = peek(cursor)
  if (type === 'name') {
    take(cursor)
    if (constants.includes(text)) return 'other'
    if (namespace && skip(cursor, 'operator', '.')) expect(cursor, 'name')
    return 'target'
  }
  if (type === 'string') {
    while (isAt(cursor, 'string')) take(cursor)
    return 'other'
  }
  if (type === 'integer' || type === 'float') {
    take(cursor)
    return 'other'
  }
  if (skip(cursor, 'operator', '(')) {
    const form = readTuple(cursor, { inParentheses: true })
    expect(cursor, 'operator', ')')
    return form
  }
  if (skip(cursor, 'operator', '[')) readItems(cursor, ']', () => readExpression(cursor))
  else if (skip(cursor, 'operator', '{'))
    readItems(cursor, '}', () => {
      readExpression(cursor)
      expect(cursor, 'operator', ':')
      readExpression(cursor)
    })
  else unexpected(cursor, 'an expression')
  return 'other'
}

/** Reads items up to a bracket; a comma may follow the last one. */
function readItems(cursor: Cursor, end: string, read: () => unknown): void {
  while (!isAt(cursor, 'operator', end)) {
    read()
    if (!isAt(cursor, 'operator', end)) expect(cursor, 'operator', ',')
  }
  take(cursor)
}

export interface TupleOptions {
  /** Only names and literals, as targets of an assignment. */
  readonly isTarget?: boolean
  readonly namespace?: boolean
  readonly conditional?: boolean
  /** Empty parentheses are a tuple. */
  readonly inParentheses?: boolean
}

/** Reads an expression, or several ones with commas. */
export function readTuple(cursor: Cursor, options: TupleOptions = {}): Form {
  const { isTarget = false, namespace = false, conditional = true, inParentheses = false } = options
  const isEnd = () => isAt(cursor, 'close') || isAt(cursor, 'operator', ')')
  const forms: Form[] = []
  let isTuple = false
  while (!isEnd()) {
    forms.push(isTarget ? readPrimary(cursor, namespace) : readExpression(cursor, conditional))
    if (!skip(cursor, 'operator', ',')) break
    isTuple = true
  }
  const [only] = forms
  if (!isTuple && only !== undefined) return only
  if (only === undefined && !inParentheses) unexpected(cursor, 'an expression')
  return forms.every((form) => form === 'target') ? 'target' : 'other'
}

function readPostfix(cursor: Cursor, form: Form): Form {
  let out = form
  for (;;) {
    if (skip(cursor, 'operator', '.')) {
      if (isAt(cursor, 'name') || isAt(cursor, 'integer')) take(cursor)
      else unexpected(cursor, 'a name or a number')
      out = 'other'
    } else if (skip(cursor, 'operator', '[')) {
      readSubscripts(cursor)
      out = 'other'
    } else if (isAt(cursor, 'operator', '(')) {
      readArguments(cursor)
      out = 'call'
    } else return out
  }
}

/** Here no comma may follow the last one. */
function readSubscripts(cursor: Cursor): void {
  let isFirst = true
  while (!isAt(cursor, 'operator', ']')) {
    if (!isFirst) expect(cursor, 'operator', ',')
    readSlice(cursor)
    isFirst = false
  }
  take(cursor)
}

function readSlice(cursor: Cursor): void {
  const isBlank = () => isAt(cursor, 'operator', ':', ']', ',')
  if (!isAt(cursor, 'operator', ':')) readExpression(cursor)
  for (let colons = 0; colons < 2 && skip(cursor, 'operator', ':'); colons++) if (!isBlank()) readExpression(cursor)
}

/** Reads the arguments of a call with their parentheses. */
export function readArguments(cursor: Cursor): void {
  const { at } = expect(cursor, 'operator', '(')
  const seen = { keyword: false, list: false, map: false }
  const inOrder = (is: boolean) => {
    if (!is) throw new TemplateFaultError('the arguments of a call are not in the order of Python', at)
  }
  readItems(cursor, ')', () => {
    if (skip(cursor, 'operator', '*')) {
      inOrder(!seen.list && !seen.map)
      seen.list = true
    } else if (skip(cursor, 'operator', '**')) {
      inOrder(!seen.map)
      seen.map = true
    } else if (isAt(cursor, 'name') && peek(cursor, 1).type === 'operator' && peek(cursor, 1).text === '=') {
      inOrder(!seen.map)
      seen.keyword = true
      take(cursor)
      take(cursor)
    } else inOrder(!seen.list && !seen.map && !seen.keyword)
    readExpression(cursor)
  })
}

function readFilters(cursor: Cursor, form: Form): Form {
  let out = form
  for (;;) {
    if (isAt(cursor, 'operator', '|')) {
      readPipes(cursor)
      out = 'other'
    } else if (skip(cursor, 'name', 'is')) {
      readTest(cursor)
      out = 'other'
    } else if (isAt(cursor, 'operator', '(')) {
      readArguments(cursor)
      out = 'call'
    } else return out
  }
}

/** Reads filters, each after a `|`. */
export function readPipes(cursor: Cursor): void {
  while (skip(cursor, 'operator', '|')) readFilter(cursor)
}

/** Reads the name of a filter and its arguments. */
export function readFilter(cursor: Cursor): void {
  readDottedName(cursor)
  if (isAt(cursor, 'operator', '(')) readArguments(cursor)
}

function readDottedName(cursor: Cursor): void {
  expect(cursor, 'name')
  while (skip(cursor, 'operator', '.')) expect(cursor, 'name')
}

/** After `is`. An operand may follow the name of a test without parentheses, even a word such as `if`. */
function readTest(cursor: Cursor): void {
  skip(cursor, 'name', 'not')
  readDottedName(cursor)
  if (isAt(cursor, 'operator', '(')) readArguments(cursor)
  else if (hasOperand(cursor)) readPostfix(cursor, readPrimary(cursor))
}

function hasOperand(cursor: Cursor): boolean {
  if (isAt(cursor, 'name', 'is')) unexpected(cursor, 'no second test')
  const { type } = peek(cursor)
  if (type === 'name') return !isAt(cursor, 'name', 'else', 'or', 'and')
  return type === 'string' || type === 'integer' || type === 'float' || isAt(cursor, 'operator', '[', '{')
}
