/*
 * Generates the validators of all kinds as code with ajv. A small validator stops at the first error and is enough for valid
 * documents; only if it fails is the full one loaded, which reports all errors with messages.
 */
import { Ajv2020, type Options } from 'ajv/dist/2020.js'
import { default as standalone } from 'ajv/dist/standalone/index.js'
import type { JsonObject } from '../src/json.ts'
import { kinds } from '../src/kinds/all.ts'
import { wavesSchema } from '../src/migration/waves-schema.ts'
import { overlaySchema } from '../src/overlay/overlay-schema.ts'
import { policySchema } from '../src/project/policy-schema.ts'
import { documentSchema, headerSchema } from '../src/snapshot/snapshot-schema.ts'
import { answerOptions, metaschema, validatorOptions } from '../src/snapshot/validators.ts'

const schemas = new Map<string, JsonObject>([
  ['snapshot', headerSchema],
  ['overlay', withoutId(overlaySchema)],
  ['policy', withoutId(policySchema)],
  ['waves', withoutId(wavesSchema)],
  ...kinds.map((kind) => [kind.name, documentSchema(kind)] as const),
])

/** The schemas of answers, each once. */
const answers = [...new Set(kinds.flatMap(({ answers = [] }) => answers.map(({ schema }) => schema)))]

/** A schema that is known by its name. */
function withoutId({ $id: _, ...schema }: JsonObject): JsonObject {
  return schema
}

/** The full validators: a module with one export for each kind. */
export function fullChecks(): string {
  return checksBy({ ...validatorOptions })
}

/**
 * Replaces src/snapshot/validators.ts in the bundle. Loads the file `full` (CommonJS) after the first error, the file `own`
 * for a kind that is not in the table (a program that uses the library handed it in), and the file `answer` for the first
 * answer of a server.
 */
export function fastChecks(full: string, own: string, answer: string): string {
  return `import * as fast from 'fast-checks'
import { kinds } from '../kinds/all.ts'
import { documentSchema } from './snapshot-schema.ts'
const builtin = new Set(kinds)
const compiled = new WeakMap()
export function checkOf(name, kind) {
  return kind !== undefined && !builtin.has(kind) ? ownCheck(kind) : checkBySchema(name)
}
export function checkBySchema(name) {
  const check = (document) => {
    if (fast[identifier(name)](document)) return true
    const all = require(${JSON.stringify(full)})[identifier(name)]
    const right = all(document)
    check.errors = all.errors
    return right
  }
  return check
}
export const checkOfSchemas = () => checkBySchema('json-schema')
function ownCheck(kind) {
  const check = compiled.get(kind) ?? require(${JSON.stringify(own)}).compile(documentSchema(kind))
  compiled.set(kind, check)
  return check
}
const answers = [...new Set(kinds.flatMap(({ answers = [] }) => answers.map(({ schema }) => schema)))]
export function checkOfAnswer(schema) {
  const index = answers.indexOf(schema)
  if (index >= 0) return require(${JSON.stringify(answer)})['check_' + index]
  const check = compiled.get(schema) ?? require(${JSON.stringify(own)}).compileAnswer(schema)
  compiled.set(schema, check)
  return check
}
const identifier = (kind) => 'check_' + kind.replaceAll('-', '_')
`
}

/** The module with which the library compiles the validators of kinds that are handed in. */
export function ownChecks(): string {
  return `import { Ajv2020 } from 'ajv/dist/2020.js'
export const compile = (schema) => new Ajv2020(${JSON.stringify(validatorOptions)}).compile(schema)
export const compileAnswer = (schema) => new Ajv2020(${JSON.stringify(answerOptions)}).compile(schema)
`
}

/** The validators of answers, by their position among the schemas of all kinds. */
export function answerChecks(): string {
  const ajv = new Ajv2020({ ...answerOptions, code: { source: true, esm: true, optimize: 2 } })
  for (const [index, schema] of answers.entries()) ajv.addSchema(schema, `answer-${index}`)
  return standalone.default(ajv, Object.fromEntries(answers.map((_, index) => [`check_${index}`, `answer-${index}`])))
}

/** The module `fast-checks`. */
export function smallChecks(): string {
  return checksBy({ ...validatorOptions, allErrors: false, verbose: false, messages: false })
}

function checksBy(options: Options): string {
  const ajv = new Ajv2020({ ...options, meta: true, code: { source: true, esm: true, optimize: 2 } })
  for (const [name, schema] of schemas) ajv.addSchema(schema, name)
  const ids = [...[...schemas.keys()].map((name) => [name, name] as const), ['json-schema', metaschema] as const]
  return standalone.default(
    ajv,
    Object.fromEntries(ids.map(([name, id]) => [`check_${name.replaceAll('-', '_')}`, id])),
  )
}
