import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { code, generated, page, prose, table } from './markdown-text.ts'
import { nameOf, type Schema, schemaTable, typeOf } from './schema-tables.ts'

/** A schema of schemas/, which `npm run schema` writes from the types of the code. */
export function schemaFile(name: string): Schema {
  const path = fileURLToPath(new URL(`../../schemas/${name}.v1.json`, import.meta.url))
  return JSON.parse(readFileSync(path, 'utf8')) as Schema
}

/** docs/reference/json.md: the documents of -f json, a saved plan, and the lines of the log. */
export function jsonPage(): string {
  const report = schemaFile('report')
  const definitions = Object.entries(report.$defs ?? {})
  const documents = definitions.filter(([, { properties }]) => schemaNamesOf(properties).length > 0)
  const shared = definitions.filter((one) => !documents.includes(one))
  return page(
    '# JSON outputs',
    generated,
    'With `-f json`, a command prints one JSON document to standard output, also if it fails. `schema` says which one it is. Within `version` 1, fields may be added, but are never removed or redefined; a program should pass over fields that it does not know. Numbers are exact, of any size, and no document contains a secret.',
    'The same as JSON Schema: [`schemas/report.v1.json`](../../schemas/report.v1.json), [`schemas/saved-plan.v1.json`](../../schemas/saved-plan.v1.json), [`schemas/log-event.v1.json`](../../schemas/log-event.v1.json). The events of `--log ndjson` are in [The log for machines](../log-events.md).',
    table(
      ['`schema`', 'document', 'meaning'],
      documents.map(([name, { properties, description = '' }]) => [
        schemaNamesOf(properties).map(code).join(', '),
        `[${name}](#${name.toLowerCase()})`,
        prose(description),
      ]),
    ),
    '## Documents',
    ...documents.flatMap(section),
    '## Types in documents',
    ...shared.flatMap(section),
    '## A saved plan',
    prose(schemaFile('saved-plan').description ?? ''),
    schemaTable(withoutLinks(schemaFile('saved-plan'), report)),
  )
}

/** The values of the field `schema`, which say which document it is. */
function schemaNamesOf(properties: Schema['properties']): readonly string[] {
  const { const: only, enum: values = [] } = properties?.schema ?? {}
  return [only, ...values].filter((name) => typeof name === 'string')
}

function section([name, schema]: readonly [string, Schema]): readonly string[] {
  const rows = schemaTable(schema)
  const type = rows === '' && schema.description === undefined ? '' : rows === '' ? typeOf(schema) : ''
  const values = rows === '' && (schema.enum ?? schema.anyOf ?? schema.type) !== undefined ? typeOf(schema) : type
  const long =
    name === 'IssueCode' ? 'One of the [issue codes](issue-codes.md).' : values === '' ? '' : `Type: ${values}.`
  return [`### ${name}`, prose(schema.description ?? ''), long, rows]
}

/** The types of a saved plan that no report has are written out, since this page has no section of them. */
function withoutLinks(schema: Schema, { $defs: known = {} }: Schema): Schema {
  const { $defs = {} } = schema
  const text = JSON.stringify(schema, (_, value: Schema | null) => {
    const ref = typeof value?.$ref === 'string' ? nameOf(value.$ref) : undefined
    const own = ref === undefined || ref in known ? undefined : $defs[ref]
    return own ? { ...own, ...value, $ref: undefined } : value
  })
  return JSON.parse(text) as Schema
}
