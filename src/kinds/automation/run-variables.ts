import { isNumber, isObject, type Json, type JsonObject, own } from '../../json.ts'
import type { Ref, Resource } from '../../model.ts'
import { splitRef } from '../../ref.ts'
import { cut } from '../../token.ts'
import { list, object, objects } from '../endpoints.ts'
import { queueParts } from '../queue-name.ts'

/**
 * Why a server may refuse the actions of an automation, one sentence each. With every request that has actions, it checks
 * the job variables of those that run a deployment against the template of the deployment's pool as it is then; no
 * request stores them unchecked. Only plain types and missing variables are looked at, so a server may refuse others.
 */
export function runVariableFaults(actions: Json | undefined, resourceOf: (ref: Ref) => Resource | undefined): string[] {
  return objects(actions).flatMap(({ type, deployment_id: id, job_variables: variables }) => {
    if (type !== 'run-deployment' || typeof id !== 'string' || Object.keys(object(variables)).length === 0) return []
    const [ref] = cut(id).pieces.flatMap((piece) => ('ref' in piece ? [piece.ref] : []))
    const queue = ref && resourceOf(ref)?.refs.queue
    if (!queue) return []
    const { pool } = queueParts(splitRef(queue).key)
    const schema = object(object(resourceOf(`work-pool/${pool}`)?.spec.base_job_template).variables)
    const faults = [...misfits(schema, object(variables)), ...missing(schema, object(variables))]
    if (faults.length === 0) return []
    const what = `the template of work-pool/${pool} does not fit the job variables with which it runs ${ref}`
    return [`the server may refuse it: ${what} (${faults.join(', ')})`]
  })
}

function misfits(schema: JsonObject, variables: JsonObject): string[] {
  const properties = object(schema.properties)
  return Object.entries(variables).flatMap(([name, value]) => {
    const types = typesOf(object(own(properties, name)))
    // A variable with a default may be null.
    if (value === null || types.length === 0 || types.some((type) => isOfType(value, type))) return []
    return [`${name} is not of type ${types.join(' or ')}`]
  })
}

/** Where a default does not fit itself, the server asks for no variable. */
function missing({ properties, required }: JsonObject, variables: JsonObject): string[] {
  const declared = Object.entries(object(properties))
  const defaults = declared.flatMap(([name, property]) => {
    const { default: value } = object(property)
    return value === undefined ? [] : [[name, value] as const]
  })
  if (misfits({ properties: object(properties) }, Object.fromEntries(defaults)).length > 0) return []
  const given = new Set([...Object.keys(variables), ...defaults.map(([name]) => name)])
  return list(required).flatMap((name) => (typeof name === 'string' && !given.has(name) ? [`${name} is missing`] : []))
}

function typesOf({ type }: JsonObject): string[] {
  return (Array.isArray(type) ? type : [type]).filter((name) => typeof name === 'string')
}

function isOfType(value: Json, type: string): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type
    case 'integer':
      return isNumber(value) && Number.isInteger(Number(value))
    case 'number':
      return isNumber(value)
    case 'object':
      return isObject(value)
    case 'array':
      return Array.isArray(value)
    default:
      return type === 'null' ? value === null : true
  }
}
