import { pathText } from '../field-path.ts'
import type { Issue } from '../issue.ts'
import type { Resource } from '../model.ts'
import { nulReason, nulsIn } from '../nul.ts'
import { visible } from '../plain-text.ts'
import { refOf } from '../ref.ts'
import { documentOf } from '../snapshot/format.ts'

/**
 * A warning for each resource with the NUL character, which SQLite stores and PostgreSQL does not. `fix` says what to do.
 */
export function nulWarnings(resources: readonly Resource[], fix: string): Issue[] {
  return resources.flatMap((resource): Issue[] => {
    const pointers = nulsIn(documentOf(resource))
    if (pointers.length === 0) return []
    const ref = refOf(resource)
    const paths = pointers.map((pointer) => pathText(pointer)).join(', ')
    const message = `${visible(ref)} contains the NUL character in ${paths}, ${nulReason}.`
    return [{ code: 'invalid-value', severity: 'warning', message, ref, fix }]
  })
}
