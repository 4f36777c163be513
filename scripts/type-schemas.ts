/*
 * Generates JSON Schemas from the types of the tool's machine-readable output: schemas/report.v1.json (`-f json`),
 * schemas/saved-plan.v1.json (`plan --out`) and schemas/log-event.v1.json (`--log ndjson`). A test fails if a file is out of date.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createGenerator } from 'ts-json-schema-generator'

const root = new URL('../', import.meta.url)
const at = (path: string) => fileURLToPath(new URL(path, root))

interface Source {
  readonly path: string
  readonly type: string
  readonly name: string
  readonly title: string
}

/** The JSON Schema of a report, as text. */
export function reportSchema(): string {
  return schemaOf({
    path: 'src/report/model/fleet-report.ts',
    type: 'JsonReport',
    name: 'report.v1.json',
    title: 'A report of prefect-snapshot (-f json)',
  })
}

/** The JSON Schema of a saved plan, as text. */
export function savedPlanSchema(): string {
  return schemaOf({
    path: 'src/plan/saved-plan.ts',
    type: 'Saved',
    name: 'saved-plan.v1.json',
    title: 'A plan that prefect-snapshot saved (plan --out)',
  })
}

/** The JSON Schema of one line of the log, as text. */
export function logEventSchema(): string {
  return schemaOf({
    path: 'src/report/log.ts',
    type: 'LogLine',
    name: 'log-event.v1.json',
    title: 'One line of the log of prefect-snapshot (--log ndjson)',
  })
}

function schemaOf({ path, type, name, title }: Source): string {
  const made = createGenerator({
    path: at(path),
    tsconfig: at('tsconfig.json'),
    type,
    topRef: false,
    // Later releases may add fields without a new version, so unknown fields are allowed.
    additionalProperties: true,
    skipTypeCheck: true,
    sortProps: false,
  }).createSchema(type)
  const { definitions = {}, ...schema } = made
  const named = Object.fromEntries(
    Object.entries(definitions)
      .filter(([name]) => !/^(JsonObject|LosslessNumber|Json)$/.test(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  const any = anyJson(JSON.stringify([schema, named]))
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `https://prefect-snapshot.dev/schemas/${name}`,
    title,
    ...without$schema(schema),
    $defs: { ...any, ...named },
  }
  const text = JSON.stringify(document, null, 2)
  return `${text.replaceAll('"#/definitions/', '"#/$defs/')}\n`
}

/** Types of freeform JSON, whose details are internal to this tool. */
function anyJson(text: string): Record<string, object> {
  return {
    Json: { description: 'Any JSON value; numbers are exact, of any size.' },
    ...(text.includes('#/definitions/JsonObject"')
      ? { JsonObject: { type: 'object', description: 'Any JSON object.' } }
      : {}),
  }
}

function without$schema({ $schema: _, ...schema }: Record<string, unknown>): Record<string, unknown> {
  return schema
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(at('schemas/report.v1.json'), reportSchema())
  writeFileSync(at('schemas/saved-plan.v1.json'), savedPlanSchema())
  writeFileSync(at('schemas/log-event.v1.json'), logEventSchema())
}
