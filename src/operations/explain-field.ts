import type { FieldExplanation, FieldSubject, RuleExplanation } from '../explanation.ts'
import { isObject, type Json, type JsonObject, own, writeJson } from '../json.ts'
import { type Field, type Kind, type RefField, type Rule, rulesVersion } from '../kind.ts'
import { documentSchema } from '../snapshot/snapshot-schema.ts'

/** The key, refs and spec fields of a kind, in the order of a document. */
export function explainFields(kind: Kind): readonly FieldExplanation[] {
  return [
    explainKey(kind),
    ...Object.entries(kind.refFields).map(([name, field]) => explainRef(name, field)),
    ...Object.entries(kind.fields).map(([name, field]) => explainSpecField(name, field)),
  ]
}

/**
 * A field by its path: `key`, `refs.NAME`, `spec.NAME` or only `NAME`, and a field within it, such as
 * `schedules.cron`. Undefined if there is none.
 */
export function explainField(kind: Kind, path: string): FieldSubject | undefined {
  const own = explainFields(kind).find((one) => reaches(path, one.path))
  if (!own) return undefined
  const schema = schemaAt(documentSchema(kind), own.path.split('.'))
  const within = path.slice(nameWithin(path, own.path).length + 1)
  const subject = { type: 'field', kind: kind.name } as const
  if (within === '') return { ...subject, ...own, jsonSchema: schema ?? {} }
  const inner = schema && schemaAt(schema, within.split('.'))
  if (!inner) return undefined
  const { description } = inner
  return {
    ...subject,
    path: `${own.path}.${within}`,
    valueType: typeText(inner),
    doc: typeof description === 'string' ? description : `Part of ${own.path}.`,
    required: false,
    rules: own.rules,
    jsonSchema: inner,
  }
}

/** The paths within the schema of a value, for suggestions. */
export function pathsWithin(kind: Kind): readonly string[] {
  const schema = documentSchema(kind)
  return explainFields(kind).flatMap(({ path }) => {
    const short = path.replace(/^(spec|refs)\./, '')
    const own = schemaAt(schema, path.split('.'))
    return [short, ...Object.keys(own ? propertiesOf(own) : {}).map((name) => `${short}.${name}`)]
  })
}

function reaches(path: string, own: string): boolean {
  const name = nameWithin(path, own)
  return path === name || path.startsWith(`${name}.`)
}

/** The path of a field as it is given: in full, or without `spec.` and `refs.`. */
function nameWithin(path: string, own: string): string {
  return /^(spec|refs)\./.test(path) ? own : own.replace(/^(spec|refs)\./, '')
}

function explainKey({ keyDoc, keyRules = [] }: Kind): FieldExplanation {
  return {
    path: 'key',
    valueType: 'text',
    doc: `Natural key: ${keyDoc}.`,
    required: true,
    rules: keyRules.map(explainRule),
  }
}

function explainRef(name: string, { doc, required, fixed, since, kinds }: RefField): FieldExplanation {
  return {
    path: `refs.${name}`,
    valueType: kinds.map((kind) => `${kind}/KEY`).join(' or '),
    doc: sentence(doc),
    required: required === true,
    kinds,
    ...(since === undefined ? {} : { since }),
    ...(fixed === undefined ? {} : { fixed }),
    rules: [],
  }
}

function explainSpecField(name: string, field: Field): FieldExplanation {
  const { schema, doc, required, since, operational, fixed, freeform, rules = [] } = field
  return {
    path: `spec.${name}`,
    valueType: typeText(schema),
    doc: sentence(doc),
    required: required === true,
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(since === undefined ? {} : { since }),
    ...(operational ? { operational } : {}),
    ...(fixed === undefined ? {} : { fixed }),
    ...(freeform ? { freeform } : {}),
    rules: rules.map(explainRule),
  }
}

function explainRule({ name, doc, source, since }: Rule): RuleExplanation {
  return { name, doc, source, sourceVersion: rulesVersion, ...(since === undefined ? {} : { since }) }
}

function sentence(text: string): string {
  const first = /^[a-z-]+[ ,]/.test(text) ? text.charAt(0).toUpperCase() : text.charAt(0)
  return first + text.slice(1).replace(/([^.])$/, '$1.')
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'list',
  boolean: 'true or false',
  object: 'mapping',
}
const plurals: Readonly<Record<string, string>> = {
  string: 'texts',
  object: 'mappings',
  integer: 'integers',
  number: 'numbers',
}

/** The type of a value in words: `integer of at least 1, or null`. */
function typeText(schema: JsonObject): string {
  const { type, items, minimum, enum: values, const: only, oneOf, anyOf } = schema
  if (Array.isArray(values)) return `one of ${values.map((value) => writeJson(value)).join(', ')}`
  if (only !== undefined) return writeJson(only)
  const choices = [oneOf, anyOf].find(Array.isArray)
  if (choices) return choices.filter(isObject).map(typeText).join(', or ')
  const types = (Array.isArray(type) ? type : [type]).filter((one) => typeof one === 'string')
  if (types.length === 0) return 'any JSON value'
  return types.map((one) => wordOf(one, items, minimum)).join(', or ')
}

function wordOf(type: string, items: Json | undefined, minimum: Json | undefined): string {
  if (type === 'array' && isObject(items) && typeof items.type === 'string' && plurals[items.type])
    return `list of ${plurals[items.type]}`
  if (type === 'integer' && minimum !== undefined) return `integer of at least ${writeJson(minimum)}`
  return words[type] ?? type
}

/** The schema of a field in a schema, through lists and alternatives. */
function schemaAt(schema: JsonObject, steps: readonly string[]): JsonObject | undefined {
  let at: JsonObject | undefined = schema
  for (const name of steps) {
    const next: Json | undefined = at && own(propertiesOf(at), name)
    at = isObject(next) ? next : undefined
  }
  return at
}

function propertiesOf(schema: JsonObject): JsonObject {
  if (isObject(schema.properties)) return schema.properties
  if (isObject(schema.items)) return propertiesOf(schema.items)
  const choices = [schema.oneOf, schema.anyOf].find(Array.isArray) ?? []
  return Object.assign({}, ...choices.filter(isObject).map(propertiesOf))
}
