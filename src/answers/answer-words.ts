import { pathText } from '../field-path.ts'
import { isNumber, isObject, type Json, type Pointer, valueAt } from '../json.ts'

/** What a validator says of the first place that does not fit. */
export interface ShapeError {
  readonly instancePath: Pointer
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
}

const typeWords: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'nothing',
}

/**
 * What is wrong with an answer, as the end of the sentence "the answer …". Says of which sort a value is, and not the
 * value, which may be secret; of the whole answer also a number, or the names of a few fields.
 */
export function faultWords(error: ShapeError | undefined, body: Json): string {
  if (!error) return 'is not the expected one'
  const { instancePath: pointer, params } = error
  const value = valueAt(body, pointer)
  const sort = sortOf(value, pointer)
  const found = pointer === '' ? `is ${sort}` : `has ${sort} at ${pathText(pointer)}`
  if (error.keyword === 'type') return `${found} instead of ${typesIn(params.type)}`
  if (error.keyword === 'required')
    return `${found}${pointer === '' ? ' and' : ', which'} lacks ${JSON.stringify(params.missingProperty)}`
  if (error.keyword === 'minLength') return `has empty text at ${pathText(pointer)}`
  return `${found}, which is not ${params.comparison ?? 'as'} ${params.limit ?? 'expected'}`
}

function typesIn(types: unknown): string {
  const names = (Array.isArray(types) ? types : String(types).split(',')) as readonly string[]
  return names.map((name) => typeWords[name.trim()] ?? name).join(' or ')
}

function sortOf(value: Json | undefined, pointer: Pointer): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return String(value)
  if (isNumber(value)) return pointer === '' ? String(value).slice(0, 30) : 'a number'
  if (Array.isArray(value)) return 'a list'
  return pointer === '' ? `an object${fieldsOf(value)}` : 'an object'
}

/** The names of fields that look like words: others may be values. */
function fieldsOf(value: Json): string {
  const names = isObject(value) ? Object.keys(value).filter((name) => /^[a-z_]{1,30}$/i.test(name)) : []
  if (names.length === 0) return ''
  return ` with ${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''}`
}
