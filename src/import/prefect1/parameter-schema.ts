import { define, isObject, type Json, type JsonObject, type Pointer, step } from '../../json.ts'
import type { Notes } from './notes.ts'

/**
 * The JSON Schema of a flow's parameters. Prefect 1 does not know their types, so they may have any value, except for those
 * that are dates.
 */
export function parameterSchemaOf(parameters: Json | undefined, at: Pointer, notes: Notes): JsonObject | undefined {
  if (!Array.isArray(parameters) || parameters.length === 0) return undefined
  const properties: Record<string, Json> = {}
  const required: string[] = []
  for (const [index, parameter] of parameters.entries()) {
    const pointer = step(at, index)
    const name = isObject(parameter) ? parameter.name : undefined
    if (!isObject(parameter) || typeof name !== 'string') {
      notes.fault(pointer, 'A parameter has a name.', 'Export the flow again.')
      continue
    }
    const isDate = String(parameter.type).endsWith('.DateTimeParameter')
    notes.carried(isDate ? 'DateTimeParameter' : 'Parameter', pointer)
    tellTags(parameter, pointer, notes)
    const isRequired = parameter.required === true
    if (isRequired) required.push(name)
    define(properties, name, {
      title: name,
      position: index,
      ...(isDate ? { type: isRequired ? 'string' : ['string', 'null'], format: 'date-time' } : {}),
      ...(isRequired ? {} : { default: parameter.default ?? null }),
    })
  }
  return {
    title: 'Parameters',
    type: 'object',
    properties,
    ...(required.length > 0 ? { required } : {}),
    definitions: {},
  }
}

function tellTags({ tags }: JsonObject, at: Pointer, notes: Notes): void {
  if (Array.isArray(tags) && tags.length > 0)
    notes.told(
      'Parameter.tags',
      step(at, 'tags'),
      'Parameters of Prefect 3 have no tags.',
      'Nothing has to be done if nothing uses them.',
    )
}
