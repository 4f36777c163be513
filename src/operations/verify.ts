import type { Check } from '../check.ts'
import type { Context } from '../context.ts'
import { pathText } from '../field-path.ts'
import type { Kind } from '../kind.ts'
import { listAt } from '../list-at.ts'
import { checkReadiness } from '../live/readiness.ts'
import type { Live } from '../model.ts'
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
    const readiness = await checkReadiness(to.client, withoutOthers(prepared), context.kinds)
    const { kinds } = context
    return [
      ...equality(prepared, kinds),
      ...serverOnlyChecks(prepared),
      ...externalChecks(prepared),
      ...secretChecks(prepared),
      ...unknownChecks(prepared),
      ...readiness,
    ]
  })
}

/** The server without the resources that the snapshot does not have. */
function withoutOthers({ live, plan, parsed }: PreparedPlan): Live {
  const own = new Set([...parsed.snapshot.resources.map(refOf), ...plan.external])
  return { ...live, resources: new Map([...live.resources].filter(([ref]) => own.has(ref))) }
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

/** Resources in the scope of the snapshot that only the server has, by kind. They keep nothing from running. */
function serverOnlyChecks({ plan }: PreparedPlan): Check[] {
  const byKind = new Map<string, string[]>()
  for (const ref of plan.unmanaged) listAt(byKind, splitRef(ref).kind).push(splitRef(ref).key)
  return [...byKind].map(([kind, keys]): Check => {
    const more = keys.length > 12 ? ` and ${keys.length - 12} more` : ''
    return {
      status: 'warning',
      title: kind,
      detail: `${keys.length} only on the server: ${keys.slice(0, 12).join(', ')}${more}`,
      fix: 'Add to the snapshot with export --update, delete with apply --prune, or narrow scope: in the header.',
      serverOnly: true,
    }
  })
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

/** Values that were not compared, because this version of the tool does not know their fields. */
function unknownChecks({ live, parsed }: PreparedPlan): Check[] {
  return parsed.snapshot.resources.flatMap((resource): Check[] => {
    const { unknown = [] } = live.resources.get(refOf(resource)) ?? {}
    const detail = `${resource.key}: ${unknown.join(', ')} not compared, because this version does not know it`
    return unknown.length > 0 ? [{ status: 'warning', title: resource.kind, detail }] : []
  })
}
