import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { JournalRecord } from '../journal/journal.ts'
import { readJournal } from '../journal/journal-file.ts'
import { withoutLostSecrets } from '../journal/lost-secrets.ts'
import { leftBehind, referencedRefs, undoOf } from '../journal/undo.ts'
import { readLive } from '../live/read-live.ts'
import type { Placeholder, Plan, Ref, Resource, Snapshot } from '../model.ts'
import { makePlan } from '../plan/plan.ts'
import { restorable } from '../plan/restorable.ts'
import { refOf } from '../ref.ts'
import { placeholderNames } from '../secrets/placeholders.ts'
import { scopeOf } from '../selection/selection.ts'
import { withoutText } from '../snapshot/parse.ts'
import { type ApplyRequest, type ApplyResult, type Approve, approveAndApply } from './apply-plan.ts'
import { type OpenConnection, type Target, withConnection } from './connect.ts'
import { named, type PreparedPlan } from './make-plan.ts'
import { type SecretRequest, secretValuesFor } from './secret-sources.ts'

export interface UndoRequest extends Target, ApplyRequest, Pick<SecretRequest, 'envFile'> {
  /** Path of the journal of the apply. */
  readonly file: string
}

/**
 * The result of an undo. `left` has an issue for everything that could not be reverted: resources that were changed after the
 * apply or are in use, and secret values.
 */
export interface UndoResult extends ApplyResult {
  readonly left: readonly Issue[]
}

/** Reverts one apply, except for resources changed since: a plan like any other, made from the journal. */
export async function undoApply(request: UndoRequest, context: Context, approve: Approve): Promise<UndoResult> {
  const record = readJournal(resolve(context.cwd, request.file), request.file)
  return withConnection(request, context, async (to) => {
    if (to.server.url !== record.head.server.url) throw otherServer(record.head.server.url, to.server.url)
    const { prepared, left } = await prepareUndo(record, request, to, context)
    return { ...(await approveAndApply(prepared, request, context, approve)), left }
  })
}

async function prepareUndo(record: JournalRecord, request: UndoRequest, to: OpenConnection, context: Context) {
  const { kinds, onEvent } = context
  const secrets = secretsIn(record)
  const states = leftBehind(record)
  const wanted = referencedRefs(record).map((ref) =>
    named(ref, { ...states.get(ref), secrets: secrets.get(ref) ?? {} }),
  )
  const live = await readLive(to.client, to.server, kinds, { wanted, on: onEvent })
  const nameOf = placeholderNames(kinds)
  const sourceFor = ({ kind, key }: Pick<Resource, 'kind' | 'key'>, pointer: string): Placeholder => ({
    env: nameOf(kind, key, pointer),
  })
  const { moved, resources: before, refused, remove, rewrite } = undoOf(record, live, kinds, sourceFor)
  const secretValues = await secretValuesFor(before, { ...request, snapshot: '-' }, context)
  const { resources: known, issues: lost } = withoutLostSecrets(before, record, live, kinds, secretValues)
  const { resources, issues: dangling } = restorable(known, live, kinds)
  const snapshot: Snapshot = { version: 1, scope: scopeOf({}), moved, resources }
  const options = { secretValues, allowUnresolved: true, rewrite, overrideChangeLimit: true }
  const result = withoutRefused(remove, (some) => makePlan(snapshot, live, kinds, { ...options, remove: some }))
  const warnings = [...refused, ...lost, ...dangling, ...result.undeletable]
  const prepared: PreparedPlan = {
    plan: withLeft(result.plan, warnings),
    live,
    parsed: withoutText(snapshot),
    fullSnapshot: snapshot,
    secretValues,
    to,
    file: request.file,
  }
  return { prepared, left: warnings.filter(({ code }) => code !== 'builtin-stays') }
}

/** The plan with all possible deletes, and a warning for each resource that cannot be deleted. */
function withoutRefused(remove: ReadonlySet<Ref>, planWithout: (remove: ReadonlySet<Ref>) => Plan) {
  const undeletable: Issue[] = []
  for (let some = remove; ; ) {
    const plan = planWithout(some)
    const refused = plan.refusals.filter(({ ref }) => ref !== undefined && some.has(ref))
    if (refused.length === 0) return { plan, undeletable: undeletable }
    undeletable.push(...refused.map((issue): Issue => ({ ...issue, severity: 'warning' })))
    some = new Set([...some].filter((ref) => !refused.some((issue) => issue.ref === ref)))
  }
}

/** The plan with the warnings about what cannot be reverted. A resource with a lost secret does not count as unchanged. */
function withLeft(plan: Plan, left: readonly Issue[]): Plan {
  const refs = new Set(left.map(({ ref }) => ref))
  return {
    ...plan,
    unchanged: plan.unchanged.filter((ref) => !refs.has(ref)),
    unmanaged: [],
    prunable: [],
    // The changes revert what the apply wrote. To revert the undo, apply the snapshot again.
    issues: [...left, ...plan.issues.filter(({ code }) => code !== 'unrecoverable-secret')],
  }
}

/** The pointers of secrets in the journal, by resource. */
function secretsIn({ entries }: JournalRecord): ReadonlyMap<Ref, Resource['secrets']> {
  const found = new Map<Ref, Resource['secrets']>()
  for (const { ref, before, after } of entries)
    for (const image of [before, after]) {
      if (!image) continue
      const masked = Object.fromEntries(image.secrets.map((pointer) => [pointer, { masked: true as const }]))
      for (const name of [ref, refOf(image)]) found.set(name, { ...found.get(name), ...masked })
    }
  return found
}

function otherServer(journal: string, server: string): Failure {
  const message = `The journal is of an apply to ${journal}, not to ${server}.`
  return new Failure([
    { code: 'stale-plan', severity: 'error', message, fix: 'Pass the profile that it was applied with.' },
  ])
}
