import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import { switchedIn } from '../migration/wave-state.ts'
import type { Ref } from '../model.ts'
import { type MigrationRequest, waveNamed, withMigration } from './migration.ts'

/** The scope of a migration: what belongs to which wave, and what is in none. */
export interface MigrationPlan {
  readonly waves: readonly PlannedWave[]
  readonly none: readonly Ref[]
  readonly issues: readonly Issue[]
}

interface PlannedWave {
  readonly name: string
  readonly members: readonly Ref[]
  /** Those that the journal says are cut over. */
  readonly cutOver: readonly Ref[]
}

/** Reads both sides of a migration and assigns what runs by itself to waves; only to one of them, if it is named. Writes nothing. */
export async function planMigration(
  request: MigrationRequest & { readonly wave?: string },
  context: Context,
): Promise<MigrationPlan> {
  return withMigration(request, 'none', context, async ({ waves, membership, record }) => {
    const chosen = request.wave === undefined ? waves.waves : [waveNamed(waves, request.wave)]
    const switched = switchedIn(record)
    const isCutOver = (ref: Ref) => {
      const last = switched.get(ref)?.last
      return last?.move === 'cutover' && last.step === 'taken'
    }
    return {
      waves: chosen.map(({ name }) => {
        const members = membership.members.get(name) ?? []
        return { name, members, cutOver: members.filter(isCutOver) }
      }),
      none: membership.none,
      issues: membership.issues,
    }
  })
}
