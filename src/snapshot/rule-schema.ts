import type { ErrorObject } from 'ajv'
import type { Ajv2020 } from 'ajv/dist/2020.js'
import { isObject, type Json, type JsonObject, step, steps, writeJson } from '../json.ts'
import type { KeywordCheck, Misfit, RuleKeyword } from '../kind.ts'
import { openAjv } from './ajv.ts'
import { withinTime } from './bounded-pattern.ts'
import { type MatchedDocuments, type SchemaFault, visitSchema } from './rule-schema-words.ts'
import { plain } from './validate-document.ts'
import { checkOfSchemas } from './validators.ts'

/** The schemas of the rules of one policy file. */
export interface RuleSchemas {
  /**
   * Everything that is wrong with a schema. Stricter than JSON Schema: a word that nothing checks, such as a typo in a keyword or
   * in the name of a field, would be a rule that everything meets.
   */
  faults(schema: Json, keywords: readonly RuleKeyword[], names: MatchedDocuments): readonly SchemaFault[]
  /** The check of documents by a schema without faults. */
  compile(schema: Json): (document: JsonObject) => readonly Misfit[]
}

/** Opens the schemas of rules, with the checks of the keywords that kinds add. */
export function ruleSchemas(checks: ReadonlyMap<string, KeywordCheck>): RuleSchemas {
  let opened: Ajv2020 | undefined
  const open = () => {
    opened ??= withKeywords(openAjv(), checks)
    return opened
  }
  return {
    faults(schema, keywords, names) {
      const ajv = open()
      const faults: SchemaFault[] = []
      visitSchema({ ajv, schema, keywords, names, fail: (fault) => faults.push(fault) })
      for (const { instancePath, keyword, message = 'is not allowed' } of schemaErrors(schema))
        if (keyword !== 'anyOf' && !faults.some(({ pointer }) => pointer === instancePath))
          faults.push({ pointer: instancePath, message: `${steps(instancePath).at(-1) ?? 'The schema'} ${message}.` })
      return faults.length > 0 ? faults : compileFaults(ajv, schema)
    },
    compile(schema) {
      const check = open().compile(plain(schema) as JsonObject)
      return (document) => withinTime(() => (check(plain(document)) ? [] : misfitsOf(check.errors ?? [])))
    },
  }
}

function schemaErrors(schema: Json): readonly ErrorObject[] {
  const { $schema: _, ...words } = isObject(schema) ? schema : {}
  const check = checkOfSchemas()
  return check(plain(words)) ? [] : (check.errors ?? [])
}

function compileFaults(ajv: Ajv2020, schema: Json): SchemaFault[] {
  try {
    ajv.compile(plain(schema) as JsonObject)
    return []
  } catch (error) {
    return [{ pointer: '', message: `The schema cannot be used: ${error instanceof Error ? error.message : error}.` }]
  }
}

function withKeywords(ajv: Ajv2020, checks: ReadonlyMap<string, KeywordCheck>): Ajv2020 {
  for (const [keyword, check] of checks)
    ajv.addKeyword({
      keyword,
      errors: true,
      compile: (argument: Json) => {
        const validate: { (value: Json): boolean; errors?: Partial<ErrorObject>[] } = (value) => {
          const message = check(argument, value)
          validate.errors = message === undefined ? [] : [{ keyword, message, params: {} }]
          return message === undefined
        }
        return validate
      },
    })
  return ajv
}

/** The errors that name a place; of alternatives that all fail, only that of the choice. */
function misfitsOf(errors: readonly ErrorObject[]): Misfit[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf' || keyword === 'contains')
  const found = errors
    .filter(({ keyword }) => keyword !== 'if' && keyword !== 'propertyNames')
    .filter((error) => !choices.some(({ schemaPath }) => error.schemaPath.startsWith(`${schemaPath}/`)))
    .map(misfitOf)
  const isSame = (a: Misfit, b: Misfit) => a.pointer === b.pointer && a.reason === b.reason
  return found.filter((misfit, index) => found.findIndex((other) => isSame(other, misfit)) === index)
}

function misfitOf({
  instancePath: at,
  keyword,
  params,
  message = 'is not allowed',
  propertyName,
}: ErrorObject): Misfit {
  const list = (values: unknown) => (values as Json[]).map((value) => writeJson(value)).join(', ')
  if (propertyName !== undefined) return { pointer: step(at, propertyName), reason: `has a name that ${message}` }
  switch (keyword) {
    case 'required':
    case 'dependentRequired':
      return { pointer: step(at, String(params.missingProperty)), reason: 'is missing' }
    case 'additionalProperties':
      return { pointer: step(at, String(params.additionalProperty)), reason: 'is not allowed' }
    case 'false schema':
      return { pointer: at, reason: 'is not allowed' }
    case 'const':
      return { pointer: at, reason: `must be ${writeJson(params.allowedValue as Json)}` }
    case 'enum':
      return { pointer: at, reason: `must be one of ${list(params.allowedValues)}` }
    case 'contains':
      return { pointer: at, reason: containsReason(params) }
    case 'not':
      return { pointer: at, reason: 'is what the rule excludes' }
    case 'anyOf':
    case 'oneOf':
      return { pointer: at, reason: 'fits none of the alternatives, or too many' }
    default:
      return { pointer: at, reason: message }
  }
}

function containsReason({ minContains = 1, maxContains }: ErrorObject['params']): string {
  if (maxContains !== undefined) return `must have ${minContains} to ${maxContains} items that fit`
  return minContains === 1 ? 'has no item that fits' : `has fewer than ${minContains} items that fit`
}
