import { anchor, code, prose, table } from './markdown-text.ts'

/** A JSON Schema, as far as the pages read it. */
export interface Schema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

/** The fields of an object and those of the objects in it that have no name of their own, as dotted paths. */
export function schemaTable(schema: Schema): string {
  const rows = rowsOf(schema, '')
  return rows.length === 0 ? '' : table(['field', 'type', 'required', 'meaning'], rows)
}

function rowsOf(schema: Schema, path: string): (readonly string[])[] {
  const { properties = {}, required = [] } = schema
  return Object.entries(properties).flatMap(([name, field]) => [
    [
      code(`${path}${name}`),
      typeOf(field),
      required.includes(name) ? 'yes' : '',
      prose(field.description ?? '') +
        (field.default === undefined ? '' : ` Default: ${code(JSON.stringify(field.default))}.`),
    ],
    ...innerRows(field, `${path}${name}`),
  ])
}

/** The fields of objects inside of a value. `NAME` stands for a key that the user chooses. */
function innerRows(field: Schema, path: string): (readonly string[])[] {
  const { items, additionalProperties, oneOf, anyOf } = field
  const first = (oneOf ?? anyOf)?.find(({ properties, items: rest }) => properties ?? rest?.properties)
  if (first) return innerRows({ items: first.items ?? first }, path)
  return [
    ...(field.properties && Object.keys(field.properties).length > 0 ? rowsOf(field, `${path}.`) : []),
    ...(items?.properties ? rowsOf(items, `${path}[].`) : []),
    ...(typeof additionalProperties === 'object' && additionalProperties.properties
      ? rowsOf(additionalProperties, `${path}.NAME.`)
      : []),
  ]
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'list',
  boolean: 'true or false',
  object: 'object',
}

/** The type of a value, with links to the types that have a section. */
export function typeOf(schema: Schema): string {
  const { $ref, const: only, enum: values, anyOf, oneOf, type, items, additionalProperties } = schema
  if ($ref) {
    const name = nameOf($ref)
    return `[${name}](#${anchor(name)})`
  }
  if (only !== undefined) return code(JSON.stringify(only))
  if (values) return values.map((value) => code(JSON.stringify(value))).join(', ')
  const choices = anyOf ?? oneOf
  if (choices) return [...new Set(choices.map(typeOf))].join(' or ')
  const types = (Array.isArray(type) ? type : [type]).filter((one) => one !== undefined)
  if (types.length === 0) return 'any'
  return types
    .map((one) => {
      if (one === 'array' && items) return `list of ${typeOf(items)}`
      if (one === 'object' && typeof additionalProperties === 'object')
        return `object with values of ${typeOf(additionalProperties)}`
      return words[one] ?? one
    })
    .join(' or ')
}

/** The name of a definition. */
export function nameOf(ref: string): string {
  return decodeURIComponent(ref.replace(/^#\/\$defs\//, ''))
}
