/*
 * Makes schemas/report.v1.json of the types in src/report/report.ts: what `-f json` prints. A test fails where the file
 * is not what this makes of the types.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createGenerator } from 'ts-json-schema-generator'

const root = new URL('../', import.meta.url)
const at = (path: string) => fileURLToPath(new URL(path, root))

/** JSON Schema of a report, as text. */
export function reportSchema(): string {
  const made = createGenerator({
    path: at('src/report/report.ts'),
    tsconfig: at('tsconfig.json'),
    type: 'Report',
    topRef: false,
    // Fields may be added within a version, so what reads a report lets unknown ones pass.
    additionalProperties: true,
    skipTypeCheck: true,
    sortProps: false,
  }).createSchema('Report')
  const { definitions = {}, ...schema } = made
  const named = Object.fromEntries(
    Object.entries(definitions)
      .filter(([name]) => !/^(JsonObject|LosslessNumber|Json)$/.test(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://prefect-snapshot.dev/schemas/report.v1.json',
    title: 'A report of prefect-snapshot (-f json)',
    ...without$schema(schema),
    $defs: { Json: { description: 'Any JSON value; numbers are exact, of any size.' }, ...named },
  }
  const text = JSON.stringify(document, null, 2)
  return `${text.replaceAll('"#/definitions/', '"#/$defs/')}\n`
}

function without$schema({ $schema: _, ...schema }: Record<string, unknown>): Record<string, unknown> {
  return schema
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(at('schemas/report.v1.json'), reportSchema())
