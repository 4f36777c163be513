import { createHash } from 'node:crypto'

/** The environment variable with the share of the writes of an update at which each way to stop is tried; 1 for all. */
export const shareVariable = 'PREFECT_SNAPSHOT_HARD_SHARE'
/** The environment variable with the text that chooses these writes. */
export const seedVariable = 'PREFECT_SNAPSHOT_HARD_SEED'
/** With the other parts, about a quarter of an hour. */
export const defaultShare = '0.12'

/** Numbers of writes, from 1, in their order. */
export type Sample = (update: string, stop: string, writes: number) => readonly number[]

export const everyWrite: Sample = (_update, _stop, writes) => Array.from({ length: writes }, (_, index) => index + 1)

/** A share of all points, spread over updates and ways to stop: a single one may be tried at none of its writes. */
export function sampleOf(share: number, seed: string): Sample {
  return (update, stop, writes) => {
    const fractionOf = (at: number) =>
      createHash('sha256').update([seed, update, stop, at].join('\n')).digest().readUInt32BE() / 2 ** 32
    return everyWrite(update, stop, writes).filter((at) => fractionOf(at) < share)
  }
}
