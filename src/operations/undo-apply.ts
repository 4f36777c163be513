import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import { type JournalRecord, withDeletedAlong, withoutSkipped } from '../journal/journal.ts'
import { readJournal } from '../journal/journal-file.ts'
import { withoutLostSecrets } from '../journal/lost-secrets.ts'
import { leftBehind, referencedRefs, undoOf } from '../journal/undo.ts'
import type { Kind } from '../kind.ts'
import { append } from '../list-at.ts'
import { readLive } from '../live/read-live.ts'
import type { Live, Placeholder, Plan, Ref, Resource, Snapshot } from '../model.ts'
import { makePlan } from '../plan/plan.ts'
import { restorable } from '../plan/restorable.ts'
import { nameInKey, refOf, splitRef } from '../ref.ts'
import { placeholderNames } from '../secrets/placeholders.ts'
import { scopeOf } from '../selection/selection.ts'
import { withoutText } from '../snapshot/parse.ts'
import { type ApplyRequest, type ApplyResult, type Approve, approveAndApply } from './apply-plan.ts'
import { type OpenConnection, type Target, toWrite, withConnection } from './connect.ts'
import { refuseEchoes } from './echoed-credentials.ts'
import { type FoundJournal, newestJournal } from './list-journals.ts'
import { named, type PreparedPlan } from './make-plan.ts'
import { type SecretRequest, secretValuesFor } from './secret-sources.ts'

export interface UndoRequest extends Target, ApplyRequest, Pick<SecretRequest, 'secretEnvFile'> {
  /** Path of the journal of the apply; by default the newest one of an apply to the server. */
  readonly file?: string
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
  // A journal that cannot be read is told before the server is asked.
  const given = request.file === undefined ? undefined : journalAt(request.file, context)
  return withConnection(toWrite(request), context, async (to) => {
    const journal = given ?? newestJournal(to.server.url, context)
    const { url } = journal.record.head.server
    if (to.server.url !== url) throw otherServer(url, to.server.url)
    const { prepared, left } = await prepareUndo(journal, request, to, context)
    return { ...(await approveAndApply(prepared, request, context, approve)), left }
  })
}

function journalAt(file: string, { cwd }: Context): FoundJournal {
  return { file, record: readJournal(resolve(cwd, file), file) }
}

async function prepareUndo(journal: FoundJournal, request: UndoRequest, to: OpenConnection, context: Context) {
  const { kinds, onEvent } = context
  const record = withDeletedAlong(withoutSkipped(journal.record))
  const secrets = secretsIn(record)
  const states = leftBehind(record)
  const wanted = referencedRefs(record).map((ref) =>
    named(ref, { ...states.get(ref), secrets: secrets.get(ref) ?? {} }),
  )
  // What the apply created may have been used by others since, and the key of a resource whose name is not unique depends on
  // what it refers to.
  const everything =
    record.entries.some(({ action }) => action === 'create') ||
    wanted.some(
      ({ kind, key }) => nameInKey(key) !== key && kinds.some(({ name, ambiguous }) => name === kind && ambiguous),
    )
  const live = await readLive(to.client, to.server, kinds, { wanted, everything, on: onEvent })
  const nameOf = placeholderNames(kinds)
  const sourceFor = ({ kind, key }: Pick<Resource, 'kind' | 'key'>, pointer: string): Placeholder => ({
    env: nameOf(kind, key, pointer),
  })
  const { moved, resources: before, refused, remove: unused, rewrite } = undoOf(record, live, kinds, sourceFor)
  const { remove, used } = await withoutUsed(unused, live, to, kinds)
  const secretValues = await secretValuesFor(before, { ...request, snapshot: '-' }, context)
  const { resources: known, issues: lost } = withoutLostSecrets(before, record, live, kinds, secretValues)
  const { resources, issues: dangling } = restorable(known, live, kinds)
  const snapshot: Snapshot = { version: 1, scope: scopeOf({}), moved, resources }
  const options = { secretValues, allowUnresolved: true, rewrite, overrideChangeLimit: true }
  const result = withoutRefused(remove, (some) => makePlan(snapshot, live, kinds, { ...options, remove: some }))
  refuseEchoes(to, result.plan)
  const warnings = [...damageIn(journal), ...refused, ...used, ...lost, ...dangling, ...result.undeletable]
  const prepared: PreparedPlan = {
    plan: withLeft(result.plan, warnings),
    live,
    parsed: withoutText(snapshot),
    fullSnapshot: snapshot,
    secretValues,
    to,
    file: journal.file,
  }
  return { prepared, left: warnings.filter(({ code }) => code !== 'builtin-stays') }
}

/** Warnings about what a damaged journal lacks. */
function damageIn({ file, record: { damage } }: FoundJournal): Issue[] {
  if (!damage) return []
  const [line = 1] = damage.lines
  const lines = damage.lines.length === 1 ? `Line ${line} of ${file} is` : `${damage.lines.length} lines of ${file} are`
  const message = `${lines} damaged, as on a full disk. Changes that no other line records are not reverted.`
  const fix = 'Plan the snapshot from before the apply, and compare.'
  const place = { file, line, column: 1 }
  const known = damage.lost.map((ref): Issue => {
    const message = `${ref} is left as it is: what the apply replaced is in a damaged line of the journal.`
    return { code: 'invalid-journal', severity: 'warning', message, ref, fix }
  })
  return [{ code: 'invalid-journal', severity: 'warning', message, fix, place }, ...known]
}

/** The resources to delete whose delete destroys nothing that cannot be restored, and a warning for each other one. */
async function withoutUsed(remove: ReadonlySet<Ref>, live: Live, { client }: OpenConnection, kinds: readonly Kind[]) {
  const used: Issue[] = []
  for (const ref of remove) {
    const id = live.resources.get(ref)?.id
    const kind = kinds.find(({ name }) => name === splitRef(ref).kind)
    const lost = id === undefined ? undefined : await kind?.lostOnDelete?.(client, id)
    if (lost === undefined) continue
    const message = `${ref} is left as it is: its delete would also delete ${lost}.`
    used.push({
      code: 'in-use',
      severity: 'warning',
      message,
      ref,
      fix: 'Delete it yourself if that is what you want.',
    })
  }
  return { remove: new Set([...remove].filter((ref) => !used.some((issue) => issue.ref === ref))), used }
}

/** The plan with all possible deletes, and a warning for each resource that cannot be deleted. */
function withoutRefused(remove: ReadonlySet<Ref>, planWithout: (remove: ReadonlySet<Ref>) => Plan) {
  const undeletable: Issue[] = []
  for (let some = remove; ; ) {
    const plan = planWithout(some)
    const refused = plan.refusals.filter(({ ref }) => ref !== undefined && some.has(ref))
    if (refused.length === 0) return { plan, undeletable }
    append(undeletable, refused.map(asLeft))
    some = new Set([...some].filter((ref) => !refused.some((issue) => issue.ref === ref)))
  }
}

function asLeft(issue: Issue): Issue {
  const fix =
    issue.code === 'in-use' ? { fix: 'Delete those first and repeat the undo, if it should be deleted too.' } : {}
  return { ...issue, severity: 'warning', ...fix }
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
