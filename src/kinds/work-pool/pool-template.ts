import { isObject, type Json, sameJson, writeJson } from '../../json.ts'
import { object } from '../endpoints.ts'

/**
 * Why the server would refuse this job template, which an older server or a database may contain; undefined if it is
 * accepted, or if the pool already has it.
 */
export function templateFault(template: Json | undefined, current: Json | undefined): string | undefined {
  if (!isObject(template) || Object.keys(template).length === 0) return undefined
  if (current !== undefined && sameJson(template, current)) return undefined
  const missing = ['job_configuration', 'variables'].filter((name) => isFalsy(template[name]))
  if (missing.length > 0) return `Prefect refuses a job template without ${missing.join(' and ')}`
  const misshapen = ['job_configuration', 'variables'].filter((name) => !isObject(template[name] ?? null))
  if (misshapen.length > 0) return `Prefect fails on a job template whose ${misshapen.join(' and ')} is not an object`
  const declared = object(object(template.variables).properties)
  const undeclared = [...placeholdersIn(object(template.job_configuration))].filter(
    (name) => !Object.hasOwn(declared, name),
  )
  if (undeclared.length === 0) return undefined
  return `Prefect refuses a job template whose job_configuration uses variables that variables.properties does not declare: ${undeclared.sort().join(', ')}`
}

/** Whether a value is falsy in Python. */
function isFalsy(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) ? Object.keys(value).length === 0 : !value
}

/** The names in `{{ name }}`, by Prefect's own expression (`utilities/templating`). Includes keys of nested objects. */
function placeholdersIn(configuration: Json): ReadonlySet<string> {
  const values = Object.values(object(configuration)).map((value) => writeJson(value))
  const found = values.flatMap((text) => [...text.matchAll(/\{\{\s*([\w.\-[\]$]+)\s*\}\}/g)])
  return new Set(found.map(([, name = '']) => name))
}
