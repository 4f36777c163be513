import { Ajv2020 } from 'ajv/dist/2020.js'
import { boundedPattern } from './bounded-pattern.ts'

/*
 * `npm run build` replaces this module by one that loads ajv from a file of its own, because only schemas of users need it.
 */

/** How ajv compiles patterns; `code` would name it in generated files, which these schemas have none of. */
const regExp = Object.assign(boundedPattern, { code: 'new RegExp' })

/** Opens ajv for schemas of users, which may use anything that JSON Schema allows. */
export function openAjv(): Ajv2020 {
  return new Ajv2020({
    allErrors: true,
    strict: false,
    verbose: true,
    validateFormats: false,
    validateSchema: false,
    logger: false,
    // Most schemas check a value or two, so that their code is not worth being optimized.
    code: { optimize: false, regExp },
  })
}
