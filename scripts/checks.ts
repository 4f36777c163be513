/*
 * The checks of all kinds as code that ajv wrote beforehand. A document that is right is found right by a small check that
 * stops at the first fault; only where it finds one is the large check loaded, which knows all faults and their words.
 */
import { Ajv2020, type Options } from 'ajv/dist/2020.js'
import { default as standalone } from 'ajv/dist/standalone/index.js'
import { kinds } from '../src/kinds/all.ts'
import { documentSchema, headerSchema } from '../src/snapshot/snapshot-schema.ts'
import { checkOptions } from '../src/snapshot/validators.ts'

const schemas = new Map([
  ['snapshot', headerSchema],
  ...kinds.map((kind) => [kind.name, documentSchema(kind)] as const),
])

/** The large checks: a module that exports one by the name of each kind. */
export function fullChecks(): string {
  return checksBy({ ...checkOptions })
}

/** What takes the place of src/snapshot/validators.ts; it asks for the file `full` (CommonJS) once it has found a fault. */
export function quickChecks(full: string): string {
  return `import * as quick from 'quick-checks'
export function openChecks() {
  return (kind) => {
    const check = (document) => {
      if (quick[identifier(kind)](document)) return true
      const all = require(${JSON.stringify(full)})[identifier(kind)]
      const right = all(document)
      check.errors = all.errors
      return right
    }
    return check
  }
}
const identifier = (kind) => 'check_' + kind.replaceAll('-', '_')
`
}

/** The module \`quick-checks\`. */
export function smallChecks(): string {
  return checksBy({ ...checkOptions, allErrors: false, verbose: false, messages: false })
}

function checksBy(options: Options): string {
  const ajv = new Ajv2020({ ...options, code: { source: true, esm: true, optimize: 2 } })
  for (const [name, schema] of schemas) ajv.addSchema(schema, name)
  const exported = Object.fromEntries([...schemas.keys()].map((name) => [`check_${name.replaceAll('-', '_')}`, name]))
  return standalone.default(ajv, exported)
}
