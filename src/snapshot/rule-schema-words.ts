import type { Ajv2020 } from 'ajv/dist/2020.js'
import { isExact } from '../json/number.ts'
import { isObject, type Json, type JsonObject, type Pointer, step, valueAt, writeJson } from '../json.ts'
import type { RuleKeyword } from '../kind.ts'
import { suggest } from '../suggest.ts'
import { plain } from './validate-document.ts'

/** A fault of a schema in a rule, with its place in the schema. */
export interface SchemaFault {
  readonly pointer: Pointer
  readonly message: string
  readonly fix?: string
}

/** The names that a part of a document can have. */
export interface DocumentNames {
  readonly document: readonly string[]
  readonly spec: readonly string[]
  readonly refs: readonly string[]
}

/** What is known of the documents that a rule matches. */
export interface MatchedDocuments extends DocumentNames {
  /** Fields of `spec` that every document has, because they have a default. */
  readonly defaulted: readonly string[]
}

/** The part of a document that a schema is about, as far as its names are known. */
type Part = keyof DocumentNames | 'other'

const one = 'items additionalProperties contains not if then else propertyNames unevaluatedItems unevaluatedProperties'
const oneSchema = new Set(one.split(' '))
const manySchemas = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])
const namedSchemas = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas'])
/** Schemas inside of these are about the same value. */
const sameValue = new Set(['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas'])
const rest =
  '$ref $schema $comment title description default examples deprecated type const enum minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern minItems maxItems uniqueItems minContains maxContains minProperties maxProperties required dependentRequired'
const standard = [...oneSchema, ...manySchemas, ...namedSchemas, ...rest.split(' ')]

const draft = 'https://json-schema.org/draft/2020-12/schema'

/** A schema that is looked through, and what its words may be. */
export interface Visit {
  readonly ajv: Ajv2020
  readonly schema: Json
  readonly keywords: readonly RuleKeyword[]
  readonly names: MatchedDocuments
  readonly fail: (fault: SchemaFault) => void
}

/** Reports every word of a schema that nothing checks, or that can never be checked. */
export function visitSchema(context: Visit): void {
  visit(context.schema, '', 'document', context)
}

function visit(node: Json, at: Pointer, part: Part, context: Visit): void {
  if (!isObject(node)) return
  for (const [keyword, value] of Object.entries(node)) {
    const own = step(at, keyword)
    if (!standard.includes(keyword)) checkKeyword(keyword, value, own, context)
    else checkArgument(keyword, value, own, part, context)
    const inside = sameValue.has(keyword) ? part : 'other'
    if (oneSchema.has(keyword)) visit(value, own, inside, context)
    else if (manySchemas.has(keyword) && Array.isArray(value))
      for (const [index, item] of value.entries()) visit(item, step(own, index), inside, context)
    else if (namedSchemas.has(keyword) && isObject(value))
      for (const [name, item] of Object.entries(value))
        visit(item, step(own, name), keyword === 'properties' ? partOf(part, name) : inside, context)
  }
}

function partOf(part: Part, name: string): Part {
  return part === 'document' && (name === 'spec' || name === 'refs') ? name : 'other'
}

/** A keyword that JSON Schema does not have, or that is not checked here. */
function checkKeyword(name: string, argument: Json, pointer: Pointer, { ajv, keywords, fail }: Visit): void {
  const own = keywords.find((keyword) => keyword.name === name)
  if (own) {
    if (!ajv.validate(plain(own.schema) as JsonObject, plain(argument)))
      fail({ pointer, message: `${name} ${ajv.errors?.[0]?.message ?? 'is not allowed'}.`, fix: own.doc })
    return
  }
  if (name === 'format') {
    fail({ pointer, message: 'The keyword format is not checked.', fix: 'Use pattern.' })
    return
  }
  const known = [...standard, ...keywords.map((keyword) => keyword.name)]
  const similar = suggest(name, known)
  const fix = similar ? `Did you mean ${similar}?` : 'Rules use the keywords of JSON Schema 2020-12 for values.'
  fail({ pointer, message: `There is no keyword ${JSON.stringify(name)}.`, fix })
}

function checkArgument(keyword: string, value: Json, pointer: Pointer, part: Part, context: Visit): void {
  const { fail, schema, names } = context
  const known = part === 'other' ? undefined : names[part]
  const named = keyword === 'properties' && isObject(value) ? Object.keys(value) : []
  const listed = keyword === 'required' && Array.isArray(value) ? value : []
  for (const [key, name] of [...named.map((name) => [name, name] as const), ...listed.entries()])
    if (known && typeof name === 'string' && !known.includes(name)) {
      const similar = suggest(name, known)
      const where = part === 'document' ? 'The document' : `The ${part} of the documents that match`
      const fix = similar ? `Did you mean ${similar}?` : `The fields are ${known.join(', ')}.`
      fail({ pointer: step(pointer, key), message: `${where} has no field ${JSON.stringify(name)}.`, fix })
    }
  for (const [index, name] of part === 'spec' ? listed.entries() : [])
    if (typeof name === 'string' && names.defaulted.includes(name)) {
      const fix = `Say what its value must be, such as properties: {${name}: {…}}.`
      fail({ pointer: step(pointer, index), message: `Every document has ${name}: rules see its default.`, fix })
    }
  const patterns = keyword === 'pattern' ? [value] : keyword === 'patternProperties' ? Object.keys(value ?? {}) : []
  for (const pattern of patterns)
    if (typeof pattern === 'string' && !isPattern(pattern))
      fail({ pointer, message: `${JSON.stringify(pattern)} is not a regular expression.` })
  if (keyword === '$schema' && value !== draft)
    fail({ pointer, message: `Rules are checked by ${draft}.`, fix: 'Omit $schema.' })
  if (keyword === '$ref' && !(typeof value === 'string' && isInside(value, schema)))
    fail({
      pointer,
      message: `${writeJson(value)} leads nowhere in this schema.`,
      fix: 'Write it like "#/$defs/name".',
    })
  const number = inexactIn(value)
  if (!oneSchema.has(keyword) && !manySchemas.has(keyword) && !namedSchemas.has(keyword) && number !== undefined)
    fail({ pointer, message: `${number} has more digits than rules can compare.` })
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp
  } catch {
    return false
  }
}

function isInside(reference: string, schema: Json): boolean {
  return /^#(\/|$)/.test(reference) && valueAt(schema, decodeURIComponent(reference.slice(1))) !== undefined
}

/** An integer in a value that the number of JavaScript changes. */
function inexactIn(value: Json): string | undefined {
  if (isExact(value)) return Number.isInteger(Number(value.value)) && !isSafe(value.value) ? value.value : undefined
  for (const item of Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []) {
    const found = inexactIn(item)
    if (found !== undefined) return found
  }
  return undefined
}

function isSafe(text: string): boolean {
  return Number.isSafeInteger(Number(text))
}
