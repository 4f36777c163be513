import type { Pointer } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Resource } from '../model.ts'
import { nulReason, nulsIn } from '../nul.ts'
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
    const kind = byName.get(resource.kind)
    const own = [...(kind ? tokenFaults(kind, document) : []), ...(kind?.check?.(resource) ?? [])]
    return [
      ...nulsIn(document).map((pointer) => ({ pointer, message: `It contains the NUL character, ${nulReason}.` })),
      ...validate(document),
      ...own.filter((fault) => !('severity' in fault) || fault.severity === undefined),
    ]
  }
}
