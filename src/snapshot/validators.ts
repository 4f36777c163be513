import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js'
import type { JsonObject } from '../json.ts'

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

/** Returns a function that finds the validator of a kind by its name, or compiles it from the schema on first use. */
export function openChecks(): (kind: string, schema: () => JsonObject) => ValidateFunction {
  const ajv = new Ajv2020(validatorOptions)
  const compiled = new Map<string, ValidateFunction>()
  return (kind, schema) => {
    const check = compiled.get(kind) ?? ajv.compile(schema())
    compiled.set(kind, check)
    return check
  }
}
