/** The environment variable that makes tests run on all versions: `npm run test:versions`. */
const versionsVariable = 'PREFECT_SNAPSHOT_TEST_VERSIONS'

/**
 * The versions for tests whose subject hardly depends on the version: the newest one, and by hand also the oldest one of Prefect 3.
 * What reads and writes every kind and field runs on both each time.
 */
export const testVersions: readonly ('3.8.8' | '3.4.14')[] =
  process.env[versionsVariable] === 'all' ? ['3.8.8', '3.4.14'] : ['3.8.8']
