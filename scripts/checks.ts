/*
 * Writes dist/snapshot/checks.js: the checks of all kinds as code, in the place of the compiled src/snapshot/checks.ts.
 * Part of `npm run build`.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { default as standalone } from 'ajv/dist/standalone/index.js'
import { kinds } from '../src/kinds/all.ts'
import { checkOptions } from '../src/snapshot/checks.ts'
import { documentSchema, headerSchema } from '../src/snapshot/schema.ts'

const schemas = new Map([
  ['snapshot', headerSchema],
  ...kinds.map((kind) => [kind.name, documentSchema(kind)] as const),
])

/** The module as text. ajv writes `require` for what its code shares, also where it writes a module. */
export function checksModule(): string {
  const ajv = new Ajv2020({ ...checkOptions, code: { source: true, esm: true } })
  for (const [name, schema] of schemas) ajv.addSchema(schema, name)
  const exported = Object.fromEntries([...schemas.keys()].map((name) => [`check_${name.replaceAll('-', '_')}`, name]))
  const code = standalone.default(ajv, exported)
  const table = Object.entries(exported).map(([identifier, name]) => `  ['${name}', ${identifier}],`)
  return `import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
${code}
const checks = new Map([
${table.join('\n')}
])
export function openChecks() {
  return (kind) => checks.get(kind)
}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(fileURLToPath(new URL('../dist/snapshot/checks.js', import.meta.url)), checksModule())
