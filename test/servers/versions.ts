/*
 * Which Prefect versions the project claims, and which role each has in the tests. Nothing else in the tests names a version of
 * a server that they start: a new release is a new lock file and a change here.
 */

/** The newest release: tests whose subject hardly depends on the version run on it, and so do demo and benchmarks. */
export const newest = '3.9.1'

/** What most servers in use run: every kind and every field is read and written on it, too. */
export const common = '3.8.8'

/** An old release that differs in many places from the newest: every kind and every field, in `npm test`. */
export const old = '3.4.14'

/** The last release of Prefect 2, which is only a source. */
export const prefect2 = '2.20.27'

/** Every release of Prefect 3 that the claim names, from the newest to the oldest: `npm run test:versions` moves every kind between any two. */
export const claimed = [newest, common, '3.6.10', old, '3.3.7', '3.2.15', '3.1.15', '3.0.11'] as const

/** The Prefect versions that the tests can start, each with a lock file of all packages. */
export const serverVersions = [...claimed, prefect2] as const
export type ServerVersion = (typeof serverVersions)[number]

/**
 * The minor versions of Python 3 that a version's locked packages are made for: all from the first to the last. Prefect itself
 * refuses others from 3.3 to 3.4 and from 3.9 on; for older ones, packages of the time have no wheels.
 */
export const pythons: Readonly<Record<ServerVersion, readonly [first: number, last: number]>> = {
  '3.9.1': [11, 14],
  '3.8.8': [11, 14],
  '3.6.10': [11, 14],
  '3.4.14': [11, 13],
  '3.3.7': [11, 13],
  '3.2.15': [11, 12],
  '3.1.15': [11, 12],
  '3.0.11': [11, 12],
  '2.20.27': [11, 13],
}

/** The versions that `npm test` needs; the others are for `npm run test:versions`. */
export const usualVersions: readonly ServerVersion[] = [newest, common, old, prefect2]

/** The environment variable that makes tests run on all versions: `npm run test:versions`. */
const versionsVariable = 'PREFECT_SNAPSHOT_TEST_VERSIONS'

/** Whether long tests run that are a repetition of others: by hand, with `PREFECT_SNAPSHOT_TEST_VERSIONS=all npm test`. */
export const isThorough = process.env[versionsVariable] === 'all'

/**
 * The versions for tests whose subject hardly depends on the version: the newest one, and by hand also an old one.
 * What reads and writes every kind and field runs on both each time.
 */
export const testVersions: readonly (typeof newest | typeof old)[] = isThorough ? [newest, old] : [newest]
