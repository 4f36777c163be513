import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newest, type ServerVersion } from '../servers/versions.ts'
import { openRealDeploys, type RealDeploys } from './real-deploys.ts'

/* Files of our own in styles that public files lack, with the code of their flows, against the real `prefect deploy --all`. */

const folder = 'test/fixtures/deploys'
const version = (process.env.PREFECT_SNAPSHOT_TEST_VERSIONS ?? newest) as ServerVersion
const only = process.env.PREFECT_SNAPSHOT_IMPORTS ?? ''
/** Files that both refuse. */
const refused = ['no-pool.yaml']
/** Files that only an import refuses: it allows no tags of YAML, such as !!str. */
const refusedHere = ['nested.yaml']
/**
 * Differences that stay: the version of code that cannot be imported is known only to an interpreter that has tried, and why
 * Prefect 3.9.1 stores the text None for some flows without a description is not known.
 */
const known = [/^deployment\/flow\/needs-a-package\/needy version: null \| /, /description: "None" \| null$/]

describe(`prefect deploy of ${version}`, () => {
  let deploys: RealDeploys
  beforeAll(async () => {
    deploys = await openRealDeploys(version)
  })
  afterAll(() => deploys.stop())

  const files = readdirSync(folder).filter(
    (name) => name.endsWith('.yaml') && only.split(',').some((part) => name.includes(part)),
  )
  test.each(files.flatMap((name) => [[name, false] as const, [name, true] as const]))(
    '%s (with --python: %s)',
    async (name, asksPython) => {
      const found = await deploys.compare(join(folder, name), { withCode: true, asksPython })
      const expected = refused.includes(name) ? 'both' : refusedHere.includes(name) ? 'import' : 'neither'
      const differences = found.differences.filter((line) => !known.some((pattern) => pattern.test(line)))
      expect([found.refused, differences, expected === 'neither' ? found.log : '']).toEqual([expected, [], ''])
    },
  )
})
