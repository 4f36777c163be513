import type { Context } from '../context.ts'
import { type JsonObject, type Pointer, sameJson } from '../json.ts'
import { openMigrationJournal } from '../migration/migration-file.ts'
import type { SyncedStep } from '../migration/migration-journal.ts'
import { fieldHashes, syncedFields } from '../migration/three-sides.ts'
import { syncedIn } from '../migration/wave-state.ts'
import type { Ref } from '../model.ts'
import { refOf, splitRef } from '../ref.ts'
import { readResources } from './connect.ts'
import type { Migration } from './migration.ts'
import { differencesIn } from './migration-differences.ts'

/**
 * Reads the new side again, and puts what it now has in common with the old side into the journal of the migration, as the
 * base of the next comparison; only for `chosen`, if it is given. `accepted` are fields that differ and may.
 */
export async function recordSynced(
  migration: Migration,
  accepted: ReadonlyMap<Ref, ReadonlySet<Pointer>>,
  chosen: ReadonlySet<Ref> | undefined,
  context: Context,
): Promise<void> {
  const { connection } = migration.new
  const live = await readResources(connection, context, {
    wanted: migration.wanted.snapshot.resources,
    everything: true,
  })
  const now: Migration = { ...migration, new: { connection, live } }
  const steps = await stepsFor(now, accepted, chosen, context)
  if (steps.length === 0) return
  const { path, name } = migration.journal
  const journal = openMigrationJournal(path, name, migration.head)
  try {
    journal.appendAll(steps)
  } finally {
    journal.close()
  }
}

/** The steps for resources of which the journal does not say the same already. */
async function stepsFor(
  now: Migration,
  accepted: ReadonlyMap<Ref, ReadonlySet<Pointer>>,
  chosen: ReadonlySet<Ref> | undefined,
  context: Context,
): Promise<SyncedStep[]> {
  const { kinds } = context
  const { changed, bases } = await differencesIn(now, context)
  const known = syncedIn(now.record)
  const sourceOf = new Map([...now.old.live.resources.keys()].map((ref) => [now.targetOf(ref), ref]))
  const time = context.now()
  return now.wanted.snapshot.resources.flatMap((wanted): SyncedStep[] => {
    const ref = refOf(wanted)
    const kind = kinds.find(({ name }) => name === splitRef(ref).kind)
    const live = now.new.live.resources.get(ref)
    if (!kind || !live || (chosen && !chosen.has(ref)) || kind.immutable?.(wanted)) return []
    const fields = changed.get(ref)?.fields ?? []
    const isAccepted = ({ field, fate }: (typeof fields)[number]) =>
      fate === 'accepted' || accepted.get(ref)?.has(field) === true
    const open = fields.filter((one) => !isAccepted(one)).map(({ field }) => field)
    const base = bases(ref)
    const before = base && ('step' in base ? base.step : { fields: fieldHashes(kind, base.written) })
    const found = syncedFields(kind, { wanted, live, open, before })
    const previous = known.get(ref)
    if (previous && isSame(previous, found)) return []
    const source = sourceOf.get(ref)
    return [{ type: 'synced', time, ref, ...(source === undefined || source === ref ? {} : { source }), ...found }]
  })
}

type Fields = Pick<SyncedStep, 'fields' | 'there' | 'unknown'>

function isSame(a: Fields, b: Fields): boolean {
  const textOf = ({ fields, there = {}, unknown = [] }: Fields): JsonObject => ({ fields, there, unknown })
  return sameJson(textOf(a), textOf(b))
}
