import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { ensureVenv } from '../servers/venv.ts'
import { newest } from '../servers/versions.ts'
import { cliIn, newHome, writeProfiles } from '../support/cli.ts'
import {
  automationsOf,
  createAutomations,
  createDeployments,
  createPools,
  deploymentsOf,
  writeFlows,
} from '../support/deploy-world.ts'
import { plainHttp } from '../support/plain-http.ts'

/* Files of other tools, read by these tools themselves: the deployments that Prefect's own command line creates are the same. */

const home = newHome()
const { cli } = cliIn(home)
const folder = join(home, 'flows')
let from: PrefectServer
let to: PrefectServer

beforeAll(async () => {
  from = await freshServer(newest)
  to = await freshServer(newest)
  writeProfiles(home, { from: from.url, to: to.url })
  await createAutomations(from.url, await createDeployments(from.url))
  await createPools(plainHttp(to.url))
  mkdirSync(folder)
  writeFlows(folder)
})
afterAll(async () => {
  await from?.stop()
  await to?.stop()
})

/** Runs Prefect's own command line at the destination. */
async function prefect(...args: readonly string[]): Promise<void> {
  const bin = dirname(await ensureVenv(newest))
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: home,
    PREFECT_HOME: join(home, 'prefect'),
    PREFECT_API_URL: to.url,
    NO_COLOR: '1',
  }
  const options = { cwd: folder, env }
  const failed = (error: { stdout: string; stderr: string }) => {
    throw new Error(`prefect ${args.join(' ')}: ${error.stdout.slice(-3000)}${error.stderr.slice(-3000)}`)
  }
  await promisify(execFile)(join(bin, 'prefect'), ['--no-prompt', ...args], options).catch(failed)
}

test('prefect deploy --all of the written file creates the same deployments', async () => {
  const { exit, stderr } = await cli('export', '--profile', 'from', '--as', 'prefect-yaml', '-o', folder)
  expect(stderr).toMatch(/deployment\/served\/without a pool: not in prefect\.yaml, because .* without a work pool/)
  expect(stderr).toMatch(/deployment\/etl\/labeled: prefect\.yaml cannot hold the labels/)
  expect(stderr).toMatch(/deployment\/etl\/labeled: prefect\.yaml cannot hold the path/)
  expect(exit).toBe(8)

  await prefect('deploy', '--all')

  const { 'served/without a pool': _, ...wanted } = await deploymentsOf(from.url)
  const { 'quiet/one': versioned, ...found } = await deploymentsOf(to.url)
  const { 'quiet/one': unversioned, ...others } = wanted
  expect(Object.keys(found)).toHaveLength(7)
  expect(found).toEqual(others)
  // The one that has no version gets that of its flow, which the export has said.
  expect(stderr).toMatch(/deployment\/quiet\/one: prefect\.yaml cannot hold the absence of a version/)
  expect(versioned).toEqual({ ...(unversioned as object), version: (versioned as { version: string }).version })
  const { 'with triggers__automation_1': one, 'with triggers__automation_2': two } = await automationsOf(from.url)
  expect(await automationsOf(to.url)).toEqual({
    'with triggers__automation_1': one,
    'with triggers__automation_2': two,
  })
})

test('prefect automation create takes the automations without IDs, and the others are apart', async () => {
  const { exit, stderr } = await cli('export', '--profile', 'from', '--as', 'automations', '-o', folder)
  expect(exit).toBe(0)
  expect(stderr).toMatch(/automation\/by ID.* cannot hold the names of other resources in the places of their IDs/)
  await prefect('automation', 'create', '--from-file', 'automations.yaml')
  const { 'cancel: yes': wanted } = await automationsOf(from.url)
  const found = await automationsOf(to.url)
  expect(found['cancel: yes']).toEqual(wanted)
  expect(Object.keys(found)).not.toContain('by ID')
  expect(readFileSync(join(folder, 'automations-with-names.yaml'), 'utf8')).toContain(
    'deployment_id: <ref:deployment/etl/plain>',
  )
})

test('a file with other content is replaced only with --overwrite, and none of the files before', async () => {
  const again = await cli(
    'export',
    '--profile',
    'from',
    '--as',
    'automations',
    '-o',
    folder,
    '--kind',
    'automation',
    '--exclude',
    'automation/cancel*',
  )
  expect(again.exit).toBe(3)
  expect(again.stderr).toMatch(/automations\.yaml exists and has other content/)
  expect(existsSync(join(folder, 'automations-with-names.yaml'))).toBe(true)
})
