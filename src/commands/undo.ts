import type { JournalRecord } from '../apply/journal.ts'
import { leftBehind, mentioned, undoOf } from '../apply/undo.ts'
import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read.ts'
import type { Hole, Ref, Resource, Snapshot } from '../model.ts'
import { makePlan } from '../plan/plan.ts'
import { refOf } from '../ref.ts'
import type { Format } from '../report/index.ts'
import { holeName } from '../secrets/holes.ts'
import { connected, type Target } from './connect.ts'
import { type Exit, exits, type Io } from './io.ts'
import { readJournal } from './journal-file.ts'
import { confirmed, type PerformFlags, perform } from './perform.ts'
import { named, type Planned, refusal } from './planning.ts'
import { fillingsFor, type SecretFlags } from './secret-sources.ts'
import { printApply, showPlan } from './show.ts'

export interface UndoFlags extends Target, PerformFlags, Pick<SecretFlags, 'envFile'> {
  readonly file: string
  readonly format?: Format
}

/** Takes back what one apply did: a plan like any other, of which the journal says what it should be. */
export async function undo(flags: UndoFlags, kinds: readonly Kind[], io: Io): Promise<Exit> {
  const record = readJournal(flags.file)
  return connected(flags, io, async (to) => {
    if (to.server.url !== record.head.server.url) throw otherServer(record.head.server.url, to.server.url)
    const held = secretsIn(record)
    const states = leftBehind(record)
    const wanted = mentioned(record).map((ref) => named(ref, { ...states.get(ref), secrets: held.get(ref) ?? {} }))
    const live = await readLive(to.client, to.server, kinds, { wanted })
    const undoing = undoOf(
      record,
      live,
      kinds,
      ({ kind, key }, pointer): Hole => ({ env: holeName(kind, key, pointer) }),
    )
    const snapshot: Snapshot = {
      version: 1,
      scope: { include: ['**'], exclude: [], incomplete: [] },
      moved: undoing.moved,
      resources: undoing.resources,
    }
    const fillings = await fillingsFor(undoing.resources, { ...flags, snapshot: '-' }, io)
    const plan = makePlan(snapshot, live, kinds, {
      fillings,
      allowUnresolved: true,
      remove: undoing.remove,
      force: true,
    })
    const planned: Planned = {
      plan: { ...plan, kept: [] },
      live,
      parsed: { snapshot, issues: [], placeOf: () => undefined },
      whole: snapshot,
      fillings,
    }
    const shown = { planned, flags: { ...flags, snapshot: flags.file }, to, kinds }
    const left = undoing.refused.length > 0 ? exits.partial : exits.ok
    const { issues, exit } = refusal(planned.plan, shown.flags) ?? { issues: [], exit: left }
    const all = [...undoing.refused, ...issues]
    await showPlan(shown, all, io)
    if (issues.length > 0 || planned.plan.changes.length === 0) return printApply(shown, all, { exit }, io)
    if (!(await confirmed(flags, planned, to, io))) {
      io.err('Nothing was changed.\n')
      return printApply(shown, all, { exit: exits.failed }, io)
    }
    const performed = await perform(planned, flags.file, flags, to, kinds, io)
    return printApply(shown, all, { ...performed, exit: performed.exit === exits.ok ? left : performed.exit }, io)
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
  return new Failure(
    [{ code: 'stale', severity: 'error', message, fix: 'Name the profile that it was applied with' }],
    exits.stale,
  )
}
