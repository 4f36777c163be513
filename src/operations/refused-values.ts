import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Plan, Resource } from '../model.ts'
import { checkRules } from '../snapshot/check-rules.ts'

/**
 * The warnings about values that Prefect would refuse, of what the plan creates, or of fields that it changes. Without those
 * about which a plan knows more than `validate`, because it knows the server.
 */
export function refusedIn(
  resources: readonly Resource[],
  { changes }: Pick<Plan, 'changes'>,
  kinds: readonly Kind[],
): Issue[] {
  if (changes.length === 0) return []
  const byRef = new Map(changes.map((change) => [change.ref, change]))
  const isWritten = ({ ref, pointer = '' }: Issue) => {
    const change = ref && byRef.get(ref)
    if (change?.action !== 'update') return change?.action === 'create'
    const field = fieldOf(pointer)
    return change.fields.some((one) => fieldOf(one.pointer) === field)
  }
  const refused = checkRules(resources, kinds, ({ offlineOnly }) => offlineOnly !== true)
  return refused.filter((issue) => issue.severity === 'warning' && isWritten(issue))
}

/** `/spec/NAME`. */
function fieldOf(pointer: string): string {
  return pointer.split('/').slice(0, 3).join('/')
}
