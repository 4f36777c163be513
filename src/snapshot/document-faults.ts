import { isObject, type Json, type JsonObject, type Pointer, someString, step } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Resource } from '../model.ts'
import { documentOf } from './format.ts'
import { tokenFaults, validator } from './validate-document.ts'

/** Why a snapshot with a resource would be refused. */
export interface DocumentFault {
  readonly pointer: Pointer
  readonly message: string
}

/** Returns a function that finds everything for which the document of a resource would be refused when it is read. */
export function documentFaults(kinds: readonly Kind[]): (resource: Resource) => readonly DocumentFault[] {
  const validate = validator(kinds)
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  return (resource) => {
    const document = documentOf(resource)
    const nuls = someString(document, hasNul) ? nulsIn(document, '') : []
    const kind = byName.get(resource.kind)
    const own = [...(kind ? tokenFaults(kind, document) : []), ...(kind?.check?.(resource) ?? [])]
    return [
      ...nuls.map((pointer) => ({ pointer, message: 'It contains the NUL character, which PostgreSQL cannot store.' })),
      ...validate(document),
      ...own.filter((fault) => !('severity' in fault) || fault.severity === undefined),
    ]
  }
}

function hasNul(text: string): boolean {
  return text.includes('\0')
}

function nulsIn(value: Json, pointer: Pointer): Pointer[] {
  if (typeof value === 'string') return hasNul(value) ? [pointer] : []
  if (Array.isArray(value)) return value.flatMap((item, index) => nulsIn(item, step(pointer, index)))
  if (!isObject(value)) return []
  return Object.entries(value as JsonObject).flatMap(([key, item]) => {
    const at = step(pointer, key)
    return hasNul(key) ? [at] : nulsIn(item, at)
  })
}
