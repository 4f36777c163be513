import { createHash } from 'node:crypto'

/** The environment variable with the share of the writes of an update at which each way to stop is tried; 1 for all. */
export const shareVariable = 'PREFECT_SNAPSHOT_HARD_SHARE'
/** The environment variable with the text that chooses these writes. */
export const seedVariable = 'PREFECT_SNAPSHOT_HARD_SEED'
/** A fifth of the writes, and at least one of each update and way to stop: with the other parts, a quarter of an hour. */
export const defaultShare = '0.2'

/** Numbers of writes, from 1, in their order. */
export type Sample = (update: string, stop: string, writes: number) => readonly number[]

export const everyWrite: Sample = (_update, _stop, writes) => Array.from({ length: writes }, (_, index) => index + 1)

/** At least one write for each update and way to stop. */
export function sampleOf(share: number, seed: string): Sample {
  return (update, stop, writes) => {
    const rankOf = (at: number) => createHash('sha256').update([seed, update, stop, at].join('\n')).digest('hex')
    const ranked = everyWrite(update, stop, writes).map((at) => ({ at, rank: rankOf(at) }))
    ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1))
    const some = ranked.slice(0, Math.max(1, Math.ceil(share * writes)))
    return some.map(({ at }) => at).sort((a, b) => a - b)
  }
}
