import { isObject, type Json, sameJson, writeJson } from '../../json.ts'
import { object } from '../endpoints.ts'

/**
 * Why the server would refuse this job template, which an older server or a database may contain; undefined if it is
 * accepted, or if the pool already has it.
 */
export function templateFault(template: Json | undefined, current: Json | undefined): string | undefined {
  if (!isObject(template) || Object.keys(template).length === 0) return undefined
  if (current !== undefined && sameJson(template, current)) return undefined
  const missing = missingSections(template)
  if (missing.length > 0) return `Prefect refuses a job template without ${missing.join(' and ')}`
  const misshapen = misshapenSections(template)
  if (misshapen.length > 0) return `Prefect fails on a job template whose ${misshapen.join(' and ')} is not an object`
  const undeclared = undeclaredVariables(template)
  if (undeclared.length === 0) return undefined
  return `Prefect refuses a job template whose job_configuration uses variables that variables.properties does not declare: ${undeclared.join(', ')}`
}

const sections = ['job_configuration', 'variables']

/** The sections that a template lacks. An empty template has none. */
export function missingSections(template: Json): string[] {
  if (!isObject(template) || Object.keys(template).length === 0) return []
  return sections.filter((name) => isFalsy(template[name]))
}

/** The sections that are no objects. */
export function misshapenSections(template: Json): string[] {
  return sections.filter((name) => !isObject(object(template)[name] ?? {}))
}

/** The variables that a template uses and does not declare, sorted. */
export function undeclaredVariables(template: Json): string[] {
  const { job_configuration: configuration, variables } = object(template)
  const declared = object(object(variables).properties)
  return [...placeholdersIn(object(configuration))].filter((name) => !Object.hasOwn(declared, name)).sort()
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
