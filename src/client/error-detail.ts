import { isNumber, isObject, type Json, parseJson } from '../json.ts'
import { shorten, visible } from '../plain-text.ts'
import { conceal } from './conceal.ts'
import { formsOf } from './secret-forms.ts'
import { withoutInput } from './without-input.ts'

/** Fields of request bodies that hold what users wrote, and so perhaps a secret; a server's message may quote them. */
const userFields = new Set([
  ...['data', 'value', 'parameters', 'job_variables', 'variables', 'default', 'env'],
  ...['pull_steps', 'actions', 'labels', 'template'],
])
/** Words of JSON Schema, which templates and schemas in a body contain, and messages need. */
const schemaWords = new Set(['string', 'integer', 'number', 'boolean', 'object', 'array', 'null'])
/** Types of validation errors whose message quotes what is expected, and not what was sent. */
const expectations = new Set(['literal_error', 'enum'])
const longest = 300
/** A message is cut before it is searched: bodies may be quoted in full. */
const longestSearched = 5000

/**
 * What the server says about a request that it refused, fit to be shown: of a list of validation errors only type,
 * place and message (never `input` or `request_body`). Values that the message quotes are left out, whether they come
 * from the request or from the server's own objects; names in the request's other fields stay. As a second net, no
 * value of the request's freeform fields or of `credentials` is in it, in any quoted or encoded form, nor a part of one.
 * It is one line without invisible characters.
 */
export function detailOf(text: string, body: Json | undefined, credentials: readonly string[] = []): string {
  const isName = isNameIn(body)
  const said = serverMessage(text, (message) => withoutInput(message.slice(0, longestSearched), isName))
  const hidden = [...userValues(body), ...credentials].filter((value) => !schemaWords.has(value))
  const clean = conceal(said.slice(0, longestSearched), [...new Set(hidden.flatMap(formsOf))])
  return visible(shorten(clean, longest))
}

type Clean = (message: string) => string

function serverMessage(text: string, clean: Clean): string {
  const json = parsed(text)
  if (!isObject(json)) return typeof json === 'string' ? oneLine(clean(json)) : ''
  for (const field of ['exception_detail', 'detail', 'exception_message', 'message', 'error'] as const) {
    const value = json[field]
    if (Array.isArray(value)) return value.map((item) => formatValidationError(item, clean)).join('; ')
    if (typeof value === 'string') return oneLine(clean(value))
  }
  return ''
}

function formatValidationError(item: Json, clean: Clean): string {
  if (!isObject(item)) return 'a fault without description'
  const { loc, msg, type } = item
  const place = Array.isArray(loc) ? loc.filter((part) => typeof part === 'string' || isNumber(part)).join('.') : ''
  const isExpected = typeof type === 'string' && expectations.has(type)
  const text = typeof msg === 'string' ? oneLine(isExpected ? msg : clean(msg)) : 'not valid'
  return `${place === '' ? '' : `${place}: `}${text}${typeof type === 'string' ? ` (${type})` : ''}`
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function userValues(value: Json | undefined, inside = false): string[] {
  if (value === undefined || value === null || typeof value === 'boolean') return []
  if (typeof value === 'string' || isNumber(value)) return inside ? [String(value)] : []
  if (Array.isArray(value)) return value.flatMap((item) => userValues(item, inside))
  return Object.entries(value).flatMap(([key, item]) => userValues(item, inside || userFields.has(key)))
}

/** Whether a text is a name: a word of JSON Schema, a key of the body, or a value outside of its freeform fields. */
function isNameIn(body: Json | undefined): (text: string) => boolean {
  let names: Set<string> | undefined
  return (text) => {
    names ??= new Set([...schemaWords, ...namesIn(body)])
    return names.has(text)
  }
}

function namesIn(value: Json | undefined, inside = false): string[] {
  if (typeof value === 'string') return inside ? [] : [value]
  if (Array.isArray(value)) return value.flatMap((item) => namesIn(item, inside))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) => [key, ...namesIn(item, inside || userFields.has(key))])
}
