import type { ErrorObject } from 'ajv'
import type { Issue } from '../issue.ts'
import { type Pointer, step } from '../json.ts'
import { suggest } from '../suggest.ts'

export type Fault = Pick<Issue, 'code' | 'message' | 'fix'> & { readonly pointer: Pointer; readonly onKey?: true }

/** Describes an error of ajv; undefined for one that only repeats another. */
export function faultOf(error: ErrorObject): Fault | undefined {
  const pointer = error.instancePath
  // Errors of a name are reported by `propertyNames` itself.
  if (error.propertyName !== undefined) return undefined
  const where = pointer === '' ? 'the document' : pointer
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(error.params.additionalProperty)
      const known = Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {})
      return {
        code: 'unknown-field',
        message: `${where} has no field "${name}".`,
        ...suggestion(name, known),
        pointer: step(pointer, name),
        onKey: true,
      }
    }
    case 'propertyNames': {
      const name = String(error.params.propertyName)
      const message = `${where} may not have "${name}": it must match ${JSON.stringify(error.schema)}`
      if (pointer !== '/secrets') return { code: 'invalid-value', message, pointer: step(pointer, name), onKey: true }
      const fix = 'Use a JSON pointer into spec, such as /data/value.'
      return {
        code: 'invalid-secret',
        message: `"${name}" is not a valid pointer for a secret.`,
        fix,
        pointer: step(pointer, name),
        onKey: true,
      }
    }
    case 'required':
      return { code: 'invalid-value', message: `${where} lacks "${error.params.missingProperty}".`, pointer }
    case 'enum':
      return {
        code: 'invalid-value',
        message: `${where} must be one of ${(error.params.allowedValues as unknown[]).join(', ')}`,
        pointer,
      }
    case 'const':
      return {
        code: 'invalid-value',
        message: `${where} must be ${JSON.stringify(error.params.allowedValue)}`,
        pointer,
      }
    case 'oneOf':
      return { code: 'invalid-value', message: oneOfMessage(where, error), pointer }
    case 'if':
    case 'not':
      return undefined
    default:
      return { code: 'invalid-value', message: `${where} ${error.message ?? 'is not allowed'}`, pointer }
  }
}

function oneOfMessage(where: string, error: ErrorObject): string {
  const choices = (error.schema as { required?: string[]; type?: string; properties?: object }[]).map(
    ({ required, type, properties }) =>
      required?.join(' and ') ?? (properties ? Object.keys(properties).join('/') : type) ?? 'another form',
  )
  return `${where} must have exactly one of these forms: ${choices.join(', ')}`
}

function suggestion(name: string, known: readonly string[]): { fix?: string } {
  const best = suggest(name, known)
  if (best) return { fix: `Did you mean "${best}"?` }
  return known.length > 0 ? { fix: `Fields here: ${known.join(', ')}` } : {}
}
