import { isObject, type JsonObject, type Pointer, step } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Resource } from '../model.ts'
import { nulReason, nulsIn } from '../nul.ts'
import { documentOf } from './format.ts'
import { tokenFaults, validator } from './validate-document.ts'
import { isTooDeep, maxLevels } from './yaml/yaml-value.ts'

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
    const deep = tooDeep(document)
    // The other checks would follow it down.
    if (deep) return [deep]
    const kind = byName.get(resource.kind)
    const own = [...(kind ? tokenFaults(kind, document) : []), ...(kind?.check?.(resource) ?? [])]
    return [
      ...nulsIn(document).map((pointer) => ({ pointer, message: `It contains the NUL character, ${nulReason}.` })),
      ...validate(document),
      ...own.filter((fault) => !('severity' in fault) || fault.severity === undefined),
    ]
  }
}

/** The fault of a document with more levels than a reader accepts, at the field that has them. */
function tooDeep(document: JsonObject): DocumentFault | undefined {
  if (!isTooDeep(document)) return undefined
  const fields = isObject(document.spec) ? Object.entries(document.spec) : []
  // A field of the spec is two levels below the document.
  const name = fields.find(([, value]) => isTooDeep(value, maxLevels - 2))?.[0]
  const message = `Its values are nested more than ${maxLevels} levels deep, and a snapshot holds at most that.`
  return { pointer: name === undefined ? '/spec' : step('/spec', name), message }
}
