import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js'
import type { JsonObject } from '../json.ts'

/*
 * `npm run build` puts another module in the place of this one: the same function over code that ajv wrote beforehand
 * (scripts/checks.ts). A command line that only validates then neither loads ajv nor compiles a schema, which
 * is most of the time of a small file.
 */

/** How schemas become checks, here and at build time. Our own need no check by the metaschemas. */
export const checkOptions: Options = {
  allErrors: true,
  strict: false,
  verbose: true,
  validateFormats: false,
  validateSchema: false,
  meta: false,
}

/** Gives the check of documents of a kind by its name, or by its schema, which is compiled when it is first needed. */
export function openChecks(): (kind: string, schema: () => JsonObject) => ValidateFunction {
  const ajv = new Ajv2020(checkOptions)
  const compiled = new Map<string, ValidateFunction>()
  return (kind, schema) => {
    const check = compiled.get(kind) ?? ajv.compile(schema())
    compiled.set(kind, check)
    return check
  }
}
