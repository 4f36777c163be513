/** The share of random inputs that `npm run check` tries; `npm test` tries all. */
export const shareVariable = 'PREFECT_SNAPSHOT_PROPERTY_SHARE'

/** How many random inputs a test of a law tries, of `all` in `npm test`. */
export function runs(all: number): number {
  return Math.ceil(all * Number(process.env[shareVariable] ?? 1))
}
