import type { Check } from '../check.ts'
import type { Context } from '../context.ts'
import { pathText } from '../field-path.ts'
import type { Kind } from '../kind.ts'
import { checkReadiness } from '../live/readiness.ts'
import { plural } from '../plain-text.ts'
import { refOf, splitRef } from '../ref.ts'
import { withConnection } from './connect.ts'
import { loadSnapshot } from './load-snapshot.ts'
import { type PlanRequest, type PreparedPlan, preparePlan } from './make-plan.ts'

/** Checks that a server matches a snapshot and that its work can run. Changes nothing. */
export async function verify(request: PlanRequest, context: Context): Promise<readonly Check[]> {
  const parsed = await loadSnapshot(request.snapshot, context, request)
  return withConnection(request, context, async (to) => {
    const prepared = await preparePlan(parsed, request, to, context)
    const readiness = await checkReadiness(to.client, prepared.live, context.kinds)
    return [...equality(prepared, context.kinds), ...externalChecks(prepared), ...secretChecks(prepared), ...readiness]
  })
}

/** A check for each kind, and one for each resource that differs. */
function equality({ plan, parsed }: PreparedPlan, kinds: readonly Kind[]): Check[] {
  const changed = new Map(plan.changes.map((change) => [change.ref, change]))
  const unchanged = new Set(plan.unchanged)
  const byKind = kinds.flatMap(({ name }): Check[] => {
    const refs = parsed.snapshot.resources.filter(({ kind }) => kind === name).map(refOf)
    if (refs.length === 0) return []
    const equal = refs.filter((ref) => unchanged.has(ref) && !changed.has(ref)).length
    const detail = `${equal} of ${plural(refs.length, 'resource')} as in the snapshot`
    return [{ status: equal === refs.length ? 'ok' : 'error', title: name, detail }]
  })
  const differing = [...changed.values()].map((change): Check => {
    const { kind, key } = splitRef(change.ref)
    const fields = change.action === 'update' ? change.fields.map(({ pointer }) => pathText(pointer)).join(', ') : ''
    return { status: 'error', title: kind, detail: `${key} ${fields ? `differs in ${fields}` : 'is missing'}` }
  })
  const unsupported = plan.unsupported.map(({ ref, reason }): Check => {
    const { kind, key } = splitRef(ref)
    return { status: 'error', title: kind, detail: `${key}: ${reason}` }
  })
  return [...byKind, ...differing, ...unsupported]
}

/** External resources: only whether the server has them. */
function externalChecks({ plan }: PreparedPlan): Check[] {
  const found = plan.external.map((ref): Check => {
    const { kind, key } = splitRef(ref)
    return { status: 'ok', title: kind, detail: `${key} is external, and exists` }
  })
  const missing = plan.issues.flatMap(({ code, message, fix, place }): Check[] => {
    if (code !== 'missing-external' && code !== 'ambiguous-name') return []
    const at = place ? `${place.file}:${place.line} ` : ''
    return [{ status: 'error', title: 'external', detail: at + message, ...(fix ? { fix } : {}) }]
  })
  return [...found, ...missing]
}

/** Secrets that were not compared: the server masks them, or they have no value in this environment. */
function secretChecks({ plan }: PreparedPlan): Check[] {
  return plan.notCompared.map(({ ref, pointers }): Check => {
    const { kind, key } = splitRef(ref)
    const detail = `${key}: ${plural(pointers.length, 'secret')} not compared (${pointers.map((pointer) => pathText(pointer)).join(', ')})`
    return { status: 'note', title: kind, detail }
  })
}
