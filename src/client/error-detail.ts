import { isNumber, isObject, type Json, parseJson } from '../json.ts'

/** Fields of request bodies that hold what users wrote, and so perhaps a secret; a server's message may quote them. */
const userFields = new Set([
  ...['data', 'value', 'parameters', 'job_variables', 'variables', 'default', 'env'],
  ...['pull_steps', 'actions', 'labels', 'template'],
])
const longest = 300

/**
 * What the server says about a request that it refused, fit to be shown: of a list of validation errors only type,
 * place and message (never `input` or `request_body`), and no value of the request's own freeform fields in it, nor
 * one of `credentials`.
 */
export function detailOf(text: string, body: Json | undefined, credentials: readonly string[] = []): string {
  const said = serverMessage(text)
  const hidden = [...userValues(body), ...credentials.flatMap(variantsOf)].sort((a, b) => b.length - a.length)
  const clean = hidden.reduce((out, value) => out.replaceAll(value, '(value)'), said)
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean
}

function serverMessage(text: string): string {
  const json = parsed(text)
  if (!isObject(json)) return typeof json === 'string' ? oneLine(json) : ''
  for (const field of ['exception_detail', 'detail', 'exception_message', 'message'] as const) {
    const value = json[field]
    if (Array.isArray(value)) return value.map(formatValidationError).join('; ')
    if (typeof value === 'string') return oneLine(value)
  }
  return ''
}

function formatValidationError(item: Json): string {
  if (!isObject(item)) return 'a fault without description'
  const { loc, msg, type } = item
  const place = Array.isArray(loc) ? loc.filter((part) => typeof part === 'string' || isNumber(part)).join('.') : ''
  const text = typeof msg === 'string' ? oneLine(msg) : 'not valid'
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
  if (typeof value === 'string' || isNumber(value)) return inside ? variantsOf(String(value)) : []
  if (Array.isArray(value)) return value.flatMap((item) => userValues(item, inside))
  return Object.entries(value).flatMap(([key, item]) => userValues(item, inside || userFields.has(key)))
}

/** A text of several lines is quoted in escaped form or line by line. What is too short would blank out half of a message. */
function variantsOf(text: string): string[] {
  const escaped = JSON.stringify(text).slice(1, -1)
  return [text, oneLine(text), escaped, ...text.split(/\s*\n\s*/)].filter((part) => part.length >= 4)
}
