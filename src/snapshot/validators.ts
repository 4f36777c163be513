import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js'
import type { JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import { documentSchema, headerSchema } from './snapshot-schema.ts'

/*
 * `npm run build` replaces this module by one with validators that ajv generated beforehand (scripts/checks.ts). The
 * command line then neither loads ajv nor compiles schemas, which would take most of the time for a small file.
 */

/** Options of ajv, here and at build time. Our own schemas need no validation by metaschemas. */
export const validatorOptions: Options = {
  allErrors: true,
  strict: false,
  verbose: true,
  validateFormats: false,
  validateSchema: false,
  meta: false,
}

/** Options for answers: one error says enough, and a server may send thousands of them. */
export const answerOptions: Options = { ...validatorOptions, allErrors: false, verbose: false, messages: false }

/** The validators that were compiled, by what they were compiled from. A test may parse thousands of snapshots. */
const compiled = new WeakMap<object, ValidateFunction>()

function once(from: object, compile: () => ValidateFunction): ValidateFunction {
  const check = compiled.get(from) ?? compile()
  compiled.set(from, check)
  return check
}

/** The validator of a kind, or of the header, by its name; compiled on first use. */
export function checkOf(_name: string, kind: Kind | undefined): ValidateFunction {
  return once(kind ?? headerSchema, () => compiledFrom(kind ? documentSchema(kind) : headerSchema))
}

/** The validator of another file than a snapshot, by its name; compiled on first use. */
export function checkBySchema(_name: string, schema: JsonObject): ValidateFunction {
  return once(schema, () => compiledFrom(schema))
}

/** The validator of a server's answer, by its schema; it stops at the first error. Compiled on first use. */
export function checkOfAnswer(schema: JsonObject): ValidateFunction {
  return once(schema, () => compiledFrom(schema, answerOptions))
}

function compiledFrom(schema: JsonObject, options = validatorOptions): ValidateFunction {
  return new Ajv2020(options).compile(schema)
}

/** The id of the schema of JSON Schemas by which Prefect checks those of users. */
export const metaschema = 'https://json-schema.org/draft/2020-12/schema'

/** The validator of JSON Schemas; compiled on first use. */
export function checkOfSchemas(): ValidateFunction {
  const ajv = () => new Ajv2020({ ...validatorOptions, meta: true })
  return once(checkOfSchemas, () => ajv().getSchema(metaschema) as ValidateFunction)
}
