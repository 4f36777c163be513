import { type ApplyOptions, applyPlan } from '../apply/apply.ts'
import { fixedLimiter } from '../apply/limiter.ts'
import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { lookAt } from '../live/look.ts'
import type { Attempt } from '../migration/hand-over.ts'
import type { Change, LiveResource, Outcome, Plan, Ref, Resource } from '../model.ts'
import { makePlan } from '../plan/plan.ts'
import { splitRef } from '../ref.ts'
import { scopeOf } from '../selection/selection.ts'
import { withoutText } from '../snapshot/parse.ts'
import { refuseEchoes } from './echoed-credentials.ts'
import type { PreparedPlan } from './make-plan.ts'
import type { Side } from './migration.ts'
import { openApply } from './open-apply.ts'
import { secretValuesFor } from './secret-sources.ts'

/** One side of a switch, with what it is asked to do. */
export interface SwitchSide {
  readonly prepared: PreparedPlan
  /** A resource as it is now; undefined if it is no longer there. */
  read(ref: Ref): Promise<LiveResource | undefined>
  /** Whether a resource is now like this one. */
  isLike(resource: Resource): Promise<boolean>
  /** Carries out the planned change of one resource. */
  carryOut(ref: Ref): Promise<Attempt>
  /** Makes a resource like this one, outside of the plan: for what is given back. */
  set(resource: Resource): Promise<Attempt>
  /** Ends the journal of the applies, if there was one. */
  end(): Promise<readonly Issue[]>
  /** Its path, once something was written. */
  journal(): string | undefined
}

/** The plan that makes resources of one side as given. Their changes do not wait for each other: each is made on its own. */
export async function prepareSide(side: Side, resources: readonly Resource[], file: string, context: Context) {
  const { connection, live } = side
  const snapshot = { version: 1 as const, scope: scopeOf({}), moved: [], resources }
  const secretValues = await secretValuesFor(resources, { snapshot: '-' }, context)
  // The members of a wave are listed, so the change limit does not apply.
  const options = { secretValues, allowUnresolved: true, overrideChangeLimit: true }
  const made = makePlan(snapshot, live, context.kinds, options)
  refuseEchoes(connection, made)
  const changes = made.changes.map(({ follows: _, ...change }): Change => ({ ...change, waits: [] }))
  const plan: Plan = { ...made, changes, unmanaged: [], prunable: [] }
  const parsed = { ...withoutText(snapshot), snapshot }
  return { plan, live, parsed, fullSnapshot: snapshot, secretValues, to: connection, file } satisfies PreparedPlan
}

/** Opens a side for its switches. The journal of its applies is created with the first one. */
export function openSide(prepared: PreparedPlan, name: string, context: Context): SwitchSide {
  const { kinds } = context
  const { live, to, plan } = prepared
  const api = to.client.uninterrupted
  const ids = new Map([...live.resources].map(([ref, { id }]) => [ref, id]))
  const opened = once(() => openApply(prepared, {}, { ...context, pid: `${context.pid}-${name}` }))
  const planned = new Map(plan.changes.map((change) => [change.ref, change]))
  const read = async (ref: Ref) => {
    const known = live.resources.get(ref)
    if (!known) return undefined
    const { resources } = await lookAt([known], { reader: api, server: live.server, kinds, ids })
    return resources.get(known.id)
  }
  const apply = async (change: Change, options: ApplyOptions) => {
    const applied = await applyPlan({ ...plan, changes: [change] }, { ...options, ...alone })
    return attemptOf(applied.outcomes[0])
  }
  return {
    prepared,
    read,
    async isLike(resource) {
      const now = await read(`${resource.kind}/${resource.key}`)
      return now !== undefined && changesTo(resource, now, prepared, kinds).length === 0
    },
    async carryOut(ref) {
      const change = planned.get(ref)
      return change ? apply(change, (await opened.get()).options) : { reason: 'its plan has no change' }
    },
    async set(resource) {
      const ref: Ref = `${resource.kind}/${resource.key}`
      const now = await read(ref)
      if (!now) return { reason: 'it is no longer there' }
      const [change] = changesTo(resource, now, prepared, kinds)
      if (!change) return {}
      const { journal: _, recheck: __, ...options } = (await opened.get()).options
      return apply(change, options)
    },
    async end() {
      const issue = await (await opened.begun())?.journal.end()
      return issue ? [issue] : []
    },
    journal: () => opened.value()?.journal.file,
  }
}

/** A switch that has begun is finished, and its progress is that of the wave. */
const alone = { limiter: fixedLimiter(1), signal: new AbortController().signal, on: () => {} }

function changesTo(resource: Resource, now: LiveResource, prepared: PreparedPlan, kinds: readonly Kind[]) {
  const { live, secretValues } = prepared
  const resources = new Map(live.resources).set(`${now.kind}/${now.key}`, now)
  const snapshot = { version: 1 as const, scope: scopeOf({}), moved: [], resources: [resource] }
  const options = { secretValues, allowUnresolved: true, overrideChangeLimit: true }
  const { changes } = makePlan(snapshot, { ...live, resources }, kinds, options)
  return changes.map(({ follows: _, ...change }): Change => ({ ...change, waits: [] }))
}

function attemptOf(outcome: Outcome | undefined): Attempt {
  if (outcome?.status === 'done') return {}
  if (outcome?.status === 'failed')
    return { reason: outcome.issue.message, ...(outcome.unanswered ? { unanswered: true } : {}) }
  return { reason: outcome && 'issue' in outcome ? outcome.issue.message : 'it was not carried out' }
}

/** The result of a function that is called at most once. */
function once<T>(work: () => Promise<T>) {
  let begun: Promise<T> | undefined
  let value: T | undefined
  return {
    async get(): Promise<T> {
      begun ??= work()
      value = await begun
      return value
    },
    begun: async (): Promise<T | undefined> => begun,
    value: () => value,
  }
}

/** The kind of a resource. */
export function kindOf(ref: Ref, kinds: readonly Kind[]): Kind {
  const { kind: name } = splitRef(ref)
  const found = kinds.find((kind) => kind.name === name)
  if (!found) throw new Error(`There is no kind ${name}`)
  return found
}
