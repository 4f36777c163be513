import type { Issue } from '../issue.ts'
import type { Plan } from '../model.ts'
import type { Parsed } from '../snapshot/parse.ts'

/** The warnings about values that Prefect would refuse, of what the plan creates, or of fields that it changes. */
export function refusedIn({ issues }: Pick<Parsed, 'issues'>, { changes }: Pick<Plan, 'changes'>): Issue[] {
  const refused = issues.filter(({ code, severity }) => code === 'refused-value' && severity === 'warning')
  if (refused.length === 0) return []
  const byRef = new Map(changes.map((change) => [change.ref, change]))
  return refused.filter(({ ref, pointer = '' }) => {
    const change = ref && byRef.get(ref)
    if (change?.action !== 'update') return change?.action === 'create'
    const field = fieldOf(pointer)
    return change.fields.some((one) => fieldOf(one.pointer) === field)
  })
}

/** `/spec/NAME`. */
function fieldOf(pointer: string): string {
  return pointer.split('/').slice(0, 3).join('/')
}
