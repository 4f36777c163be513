import { Failure } from '../issue.ts'
import type { JournalRecord } from '../journal/journal.ts'
import { readJournal } from '../journal/journal-file.ts'
import { leftBehind, referencedRefs, undoOf } from '../journal/undo.ts'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read-live.ts'
import type { Placeholder, Ref, Resource, Snapshot } from '../model.ts'
import { confirmed, type PerformFlags, performPlan } from '../operations/apply-plan.ts'
import { connected, type Target } from '../operations/connect.ts'
import { named, type PreparedPlan, refusal } from '../operations/make-plan.ts'
import { type SecretFlags, secretValuesFor } from '../operations/secret-sources.ts'
import { makePlan } from '../plan/plan.ts'
import { refOf } from '../ref.ts'
import type { Format } from '../report/index.ts'
import { placeholderNames } from '../secrets/placeholders.ts'
import type { ExitStatus, Io } from './io.ts'
import { printApply, showPlan } from './show-plan.ts'

export interface UndoFlags extends Target, PerformFlags, Pick<SecretFlags, 'envFile'> {
  readonly file: string
  readonly format?: Format
}

/** Takes back what one apply did: a plan like any other, of which the journal says what it should be. */
export async function undo(flags: UndoFlags, kinds: readonly Kind[], io: Io): Promise<ExitStatus> {
  const record = readJournal(flags.file)
  return connected(flags, io, async (to) => {
    if (to.server.url !== record.head.server.url) throw otherServer(record.head.server.url, to.server.url)
    const held = secretsIn(record)
    const states = leftBehind(record)
    const wanted = referencedRefs(record).map((ref) => named(ref, { ...states.get(ref), secrets: held.get(ref) ?? {} }))
    const live = await readLive(to.client, to.server, kinds, { wanted })
    const undoing = undoOf(
      record,
      live,
      kinds,
      ({ kind, key }, pointer): Placeholder => ({ env: placeholderNames(kinds)(kind, key, pointer) }),
    )
    const snapshot: Snapshot = {
      version: 1,
      scope: { include: ['**'], exclude: [], incomplete: [] },
      moved: undoing.moved,
      resources: undoing.resources,
    }
    const secretValues = await secretValuesFor(undoing.resources, { ...flags, snapshot: '-' }, io)
    const plan = makePlan(snapshot, live, kinds, {
      secretValues,
      allowUnresolved: true,
      remove: undoing.remove,
      overrideChangeLimit: true,
    })
    const planned: PreparedPlan = {
      plan: { ...plan, unmanaged: [] },
      live,
      parsed: { snapshot, issues: [], placeOf: () => undefined },
      whole: snapshot,
      secretValues,
    }
    const shown = { planned, flags: { ...flags, snapshot: flags.file }, to, kinds }
    const left = undoing.refused.length > 0 ? 'partial' : 'ok'
    const { issues, exit } = refusal(planned.plan, shown.flags) ?? { issues: [], exit: left }
    const all = [...undoing.refused, ...issues]
    await showPlan(shown, all, io)
    if (issues.length > 0 || planned.plan.changes.length === 0) return printApply(shown, all, { exit }, io)
    if (!(await confirmed(flags, planned, to, io))) {
      io.err('Nothing was changed.\n')
      return printApply(shown, all, { exit: 'failed' }, io)
    }
    const performed = await performPlan(planned, flags.file, flags, to, kinds, io)
    return printApply(shown, all, { ...performed, exit: performed.exit === 'ok' ? left : performed.exit }, io)
  })
}

/** Where the journal says that secrets are, by the resource. */
function secretsIn({ entries }: JournalRecord): ReadonlyMap<Ref, Resource['secrets']> {
  const images = entries.flatMap(({ ref, before, after }) =>
    [before, after].flatMap((one) => (one ? [{ ref, one }] : [])),
  )
  const found = new Map<Ref, Resource['secrets']>()
  for (const { ref, one } of images)
    for (const name of [ref, refOf(one)])
      found.set(name, { ...found.get(name), ...Object.fromEntries(one.secrets.map((at) => [at, { masked: true }])) })
  return found
}

function otherServer(journal: string, server: string): Failure {
  const message = `the journal is of an apply to ${journal}, and this is ${server}`
  return new Failure([{ code: 'stale', severity: 'error', message, fix: 'Name the profile that it was applied with' }])
}
