import type { ErrorObject } from 'ajv'
import { pathText } from '../field-path.ts'
import { type Json, type JsonObject, type Pointer, step } from '../json.ts'
import { suggest } from '../suggest.ts'
import { plain } from './validate-document.ts'
import { checkBySchema } from './validators.ts'

/** A place at which an overlay or a policy file does not have the structure that its schema demands. */
export interface ShapeFault {
  readonly pointer: Pointer
  /** The key is at fault, not its value. */
  readonly onKey: boolean
  readonly message: string
  readonly fix?: string
}

/** A schema with the name of its validator, and the word for its fields. */
export interface Shape {
  readonly name: string
  readonly schema: JsonObject
  readonly field: 'field' | 'setting'
}

/** Every place at which a value does not have a shape. Messages are those of `errorMessage`, which editors show too. */
export function shapeFaults({ name, schema, field }: Shape, value: Json): readonly ShapeFault[] {
  const check = checkBySchema(name, schema)
  if (check(plain(value))) return []
  const faults = (check.errors ?? []).flatMap((error) => faultOf(error, field))
  // One fault for each value, unless fields are missing.
  const told = new Map<string, Set<string>>()
  return faults.filter(({ pointer, message }) => {
    const before = told.get(pointer) ?? new Set()
    told.set(pointer, before)
    const isNew = before.size === 0 || ([...before].every((one) => one.endsWith(missing)) && !before.has(message))
    before.add(message)
    return isNew
  })
}

const missing = ' is missing.'

function faultOf(error: ErrorObject, field: Shape['field']): ShapeFault[] {
  const { instancePath: pointer, keyword, params, propertyName, data } = error
  const written = (error.parentSchema as { errorMessage?: string } | undefined)?.errorMessage
  if (propertyName !== undefined) {
    const message = `${JSON.stringify(propertyName)}: ${written ?? error.message}`
    return [{ pointer: step(pointer, propertyName), onKey: true, message }]
  }
  switch (keyword) {
    // The errors inside of these say more.
    case 'propertyNames':
    case 'if':
      return []
    case 'additionalProperties':
      return [unknown(error, pointer === '' ? field : 'field')]
    case 'required':
      return [{ pointer, onKey: false, message: written ?? `The field ${String(params.missingProperty)}${missing}` }]
    case 'pattern':
      return [{ pointer, onKey: false, message: `${JSON.stringify(data)}: ${written ?? error.message}` }]
    default:
      return [{ pointer, onKey: false, message: written ?? `${pathText(pointer)} ${expectation(error)}.` }]
  }
}

function expectation({ keyword, params, message = 'is not allowed' }: ErrorObject): string {
  if (keyword === 'const') return `must be ${JSON.stringify(params.allowedValue)}`
  return keyword === 'enum' ? `must be one of ${(params.allowedValues as unknown[]).join(', ')}` : message
}

function unknown({ instancePath, params, parentSchema }: ErrorObject, word: Shape['field']): ShapeFault {
  const name = String(params.additionalProperty)
  const known = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {})
  const similar = suggest(name, known)
  return {
    pointer: step(instancePath, name),
    onKey: true,
    message: word === 'setting' ? `There is no setting "${name}".` : `There is no field "${name}" here.`,
    fix: similar ? `Did you mean ${similar}?` : `The ${word}s are ${known.join(', ')}.`,
  }
}
