import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newest, type ServerVersion } from '../servers/versions.ts'
import { type Deployed, openRealDeploys, type RealDeploys } from './real-deploys.ts'

/** Every prefect.yaml of a folder of public files (`PREFECT_SNAPSHOT_CORPUS`) against the real `prefect deploy --all`: `npm run test:imports`. */
const corpus = join(process.env.PREFECT_SNAPSHOT_CORPUS ?? '', 'prefect-yaml')
const version = (process.env.PREFECT_SNAPSHOT_TEST_VERSIONS ?? newest) as ServerVersion
const only = process.env.PREFECT_SNAPSHOT_IMPORTS ?? ''

describe.runIf('PREFECT_SNAPSHOT_CORPUS' in process.env)(`prefect deploy of ${version}`, () => {
  let deploys: RealDeploys
  const all: Deployed[] = []
  beforeAll(async () => {
    deploys = await openRealDeploys(version)
  })
  afterAll(async () => {
    await deploys.stop()
    const sum = (field: 'deployments' | 'equal' | 'automations') => all.reduce((total, one) => total + one[field], 0)
    const compared = all.filter(({ refused }) => refused === 'neither')
    console.log(
      `${compared.length} files compared, ${all.filter(({ refused }) => refused === 'both').length} refused by both: ${sum('equal')} of ${sum('deployments')} deployments equal, ${sum('automations')} automations`,
    )
  })

  test.each(
    'PREFECT_SNAPSHOT_CORPUS' in process.env
      ? readdirSync(corpus).filter((name) => only.split(',').some((part) => name.includes(part)))
      : [],
  )('%s', async (name) => {
    const found = await deploys.compare(join(corpus, name))
    all.push(found)
    if (found.refused === 'prefect' || found.refused === 'import') console.log(basename(name), found.refused, found.log)
    expect([
      found.refused === 'both' || found.refused === 'neither',
      found.differences,
      found.log.slice(0, found.refused === 'neither' ? 2000 : 0),
    ]).toEqual([true, [], ''])
  })
})
