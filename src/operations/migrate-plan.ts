import type { Check } from '../check.ts'
import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import { checkReadiness } from '../live/readiness.ts'
import { isCutOver, runningOf } from '../migration/member-state.ts'
import { runsByItself } from '../migration/membership.ts'
import { inTurn, linksBetween, type WaveLink } from '../migration/wave-links.ts'
import { switchedIn } from '../migration/wave-state.ts'
import type { Wave } from '../migration/waves.ts'
import type { Ref, Unsupported } from '../model.ts'
import { splitRef } from '../ref.ts'
import type { SideName } from './migrate-status.ts'
import { type Migration, type MigrationRequest, waveNamed, withMigration } from './migration.ts'
import { differencesIn } from './migration-differences.ts'

/** The scope of a migration: what belongs to which wave, what connects waves, and what the new side lacks. */
export interface MigrationPlan {
  readonly from: SideName
  readonly to: SideName
  /** In an order in which they can be cut over. */
  readonly waves: readonly PlannedWave[]
  /** What runs by itself and is in no wave. */
  readonly none: readonly Ref[]
  readonly links: readonly WaveLink[]
  readonly shared: readonly { readonly ref: Ref; readonly waves: readonly string[] }[]
  readonly unsupported: readonly Unsupported[]
  /** What the new side lacks before resources can run there, such as workers. */
  readonly checks: readonly Check[]
  readonly issues: readonly Issue[]
}

export interface PlannedWave {
  readonly name: string
  readonly after: readonly string[]
  /** Names at the old side. */
  readonly members: readonly Ref[]
  /** Those that the journal says are cut over. */
  readonly cutOver: readonly Ref[]
  /** Number of active schedules of its members. */
  readonly schedules: number
  /** What its members need; names of the new side. */
  readonly needs: readonly Ref[]
  /** Members and needs that the new side does not have; names of the new side. */
  readonly missing: readonly Ref[]
}

/** Reads both sides of a migration and assigns what runs by itself to waves; only to one of them, if it is named. Writes nothing. */
export async function planMigration(
  request: MigrationRequest & { readonly wave?: string },
  context: Context,
): Promise<MigrationPlan> {
  return withMigration(request, 'none', context, async (migration) => {
    const { waves, membership, wanted } = migration
    const chosen = request.wave === undefined ? waves.waves : [waveNamed(waves, request.wave)]
    const found = linksBetween(namesOf(migration), wanted.snapshot.resources, context.kinds)
    const { plan, missing } = await differencesIn(migration, context)
    const lacking = new Set(missing)
    const planned = inTurn(chosen).map((wave) =>
      plannedWave(wave, migration, found.needs.get(wave.name) ?? [], lacking, context),
    )
    const names = new Set(chosen.map(({ name }) => name))
    const needed = new Set(planned.flatMap(({ needs }) => needs))
    return {
      ...sidesOf(migration),
      waves: planned,
      none: membership.none,
      links: found.links.filter(({ fromWave, toWave }) => names.has(fromWave) || names.has(toWave)),
      shared: found.shared.filter(({ waves }) => waves.some((name) => names.has(name))),
      unsupported: plan.unsupported,
      checks: await readinessOf(migration, needed, context),
      issues: membership.issues,
    }
  })
}

/** Both sides, with the names of their profiles. */
function sidesOf({ waves, old, new: new_ }: Migration): Pick<MigrationPlan, 'from' | 'to'> {
  const { url, version } = old.live.server
  const to = new_.live.server
  return { from: { profile: waves.from, url, version }, to: { profile: waves.to, url: to.url, version: to.version } }
}

/** The members of all waves, by their names at the new side. */
export function namesOf({ waves, membership, targetOf }: Migration) {
  return waves.waves.map(({ name }) => {
    const targets = (membership.members.get(name) ?? []).flatMap((ref) => targetOf(ref) ?? [])
    return { name, members: new Set(targets) }
  })
}

function plannedWave(
  { name, after }: Wave,
  { membership, old, targetOf, record }: Migration,
  needs: readonly Ref[],
  lacking: ReadonlySet<Ref>,
  { kinds }: Context,
): PlannedWave {
  const members = membership.members.get(name) ?? []
  const switched = switchedIn(record)
  const schedules = members.map((ref) => {
    const resource = old.live.resources.get(ref)
    const kind = kinds.find(({ name }) => name === splitRef(ref).kind)
    return resource && kind ? runningOf(kind, resource).schedules : 0
  })
  return {
    name,
    after,
    members,
    cutOver: members.filter((ref) => isCutOver(switched.get(ref))),
    schedules: schedules.reduce((sum, one) => sum + one, 0),
    needs,
    missing: [...members.flatMap((ref) => targetOf(ref) ?? []), ...needs].filter((ref) => lacking.has(ref)),
  }
}

/** Whether workers are there for what waves need. Of members it is known only once they run. */
async function readinessOf(
  { new: { connection, live } }: Migration,
  needed: ReadonlySet<Ref>,
  { kinds }: Context,
): Promise<readonly Check[]> {
  const own = new Map([...live.resources].filter(([ref]) => needed.has(ref)))
  const others = kinds.filter((kind) => !runsByItself(kind))
  const checks = await checkReadiness(connection.client, { ...live, resources: own }, others)
  return checks.filter(({ status }) => status !== 'ok')
}
