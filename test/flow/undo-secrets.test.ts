import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { journalIn, newHome, type Ran, runCli } from '../support/cli.ts'
import { type Plain, plainHttp } from '../support/plain-http.ts'
import { everyKindText, worldOf } from '../support/world.ts'

/** Undo of applies that deleted or changed secrets, whose values are in no journal. */
const home = newHome()
const env = { HOME: home, TOKEN: 'first-0815', GONE: 'gone-0815', JOB: 'job-0815', LIMIT: 'limit-0815' }
/** The names under which undo looks for values. */
const previous = {
  SECRET_TOKEN_VALUE: env.TOKEN,
  SECRET_GONE_VALUE: env.GONE,
  DEPLOYMENT_ETL_PROD_JOB_VARIABLES_ENV_PASSWORD: env.JOB,
  VARIABLE_LIMIT_VALUE: env.LIMIT,
}
const cli = (more: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> =>
  runCli(args, { env: { HOME: home, ...more }, cwd: home })
let server: PrefectServer
let plain: Plain

const documents = everyKindText().split('---\n')
const stock = documents.filter((text) => /^kind: block-(type|schema)\nkey: secret(\/|\n)/.test(text)).join('---\n')
const block = (name: string, variable: string) =>
  `---\nkind: block\nkey: secret/${name}\nrefs: {type: block-type/secret, schema: block-schema/secret/c078ed9c}\nsecrets: {/data/value: {env: ${variable}}}\n`
const snapshot = (count: number, ...blocks: readonly string[]) => {
  const file = join(home, 'x.snapshot.yaml')
  writeFileSync(
    file,
    `kind: snapshot
version: 1
---
kind: variable
key: plain
spec: {value: ${count}}
---
kind: variable
key: limit
secrets: {/value: {env: LIMIT}}
---
kind: flow
key: etl
---
kind: deployment
key: etl/prod
refs: {flow: flow/etl}
spec: {parameters: {n: ${count}}, job_variables: {env: {LEVEL: debug}}}
secrets: {/job_variables/env/PASSWORD: {env: JOB}}
${blocks.join('')}---
${stock}`,
  )
  return file
}
const apply = (values: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  cli(values, 'apply', ...args, '--api-url', server.url, '--yes')
const undo = (journal: string, values: Readonly<Record<string, string>>, ...more: readonly string[]) =>
  cli(values, 'undo', journal, '--api-url', server.url, '--yes', ...more)
const both = [block('token', 'TOKEN'), block('gone', 'GONE')]

beforeAll(async () => {
  server = await freshServer(newest)
  plain = plainHttp(server.url)
})
afterAll(() => server?.stop())

/** The state before, and an apply that changes three secrets, deletes one with its block, and changes other values. */
async function changed() {
  expect((await apply(env, snapshot(1, ...both))).exit).toBe(0)
  const before = await worldOf(server.url)
  const values = { ...env, TOKEN: 'second-0815', JOB: 'job-0816', LIMIT: 'limit-0816' }
  const file = snapshot(2, both[0] ?? '')
  const flags = ['--prune', '--override-change-limit']
  const planned = await cli(values, 'plan', file, '--api-url', server.url, ...flags)
  const applied = await apply(values, file, ...flags)
  expect(applied.exit, applied.stderr).toBe(0)
  return { before, planned, journal: journalIn(applied) }
}

const variable = async (name: string) => (await plain.get(`/variables/name/${name}`)).value
const blockValue = async (name: string) =>
  (
    (await plain.get(`/block_types/slug/secret/block_documents/name/${name}?include_secrets=true`)).data as {
      value?: unknown
    }
  ).value
const deployment = async () =>
  (await plain.get('/deployments/name/etl/prod')) as { parameters: unknown; job_variables: unknown }

test('the plan warns, undo reverts everything else, and lists each secret that it could not restore', async () => {
  const { planned, journal } = await changed()
  for (const [ref, place] of [
    ['block/secret/token', 'data.value, which the plan replaces'],
    ['block/secret/gone', 'data.value, which the plan deletes'],
    ['deployment/etl/prod', 'job_variables.env.PASSWORD, which the plan replaces'],
    ['variable/limit', 'value, which the plan replaces'],
  ])
    expect(planned.stdout + planned.stderr).toContain(`${ref}: undo cannot restore ${place}`)
  const undone = await undo(journal, {}, '-f', 'json')
  expect(undone.exit, undone.stderr).toBe(5)
  const report = JSON.parse(undone.stdout)
  const lost = report.issues.filter(({ code }: { code: string }) => code === 'unrecoverable-secret')
  expect(lost.map(({ ref }: { ref: string }) => ref).sort()).toEqual([
    'block/secret/gone',
    'block/secret/token',
    'deployment/etl/prod',
    'variable/limit',
  ])
  expect(report.counts.unchanged).toBe(0)
  expect(await variable('plain')).toBe(1)
  expect(await deployment()).toMatchObject({
    parameters: { n: 1 },
    job_variables: { env: { LEVEL: 'debug', PASSWORD: 'job-0816' } },
  })
  expect([await variable('limit'), await blockValue('token'), await blockValue('gone')]).toEqual([
    'limit-0816',
    'second-0815',
    undefined,
  ])
  expect(undone.stdout + undone.stderr).not.toMatch(/-081\d/)
})

test('a value that the environment still gives is no previous one, and none of it is called unchanged', async () => {
  const { journal } = await changed()
  const undone = await undo(journal, { ...previous, SECRET_TOKEN_VALUE: 'second-0815' })
  expect(undone.exit, undone.stdout + undone.stderr).toBe(5)
  expect(undone.stderr).toMatch(/unrecoverable-secret.*block\/secret\/token/)
  expect(undone.stdout).toContain('0 to delete, 0 unchanged.')
  expect([await blockValue('gone'), await variable('limit')]).toEqual(['gone-0815', 'limit-0815'])
  // It can be restored later, with its value. Of one that was restored already nobody knows that.
  const later = await undo(journal, previous)
  expect(later.exit, later.stdout + later.stderr).toBe(5)
  expect(later.stderr).toMatch(/unrecoverable-secret.*variable\/limit.*current one, which is kept/)
  expect(later.stderr).not.toContain('changed-since')
  expect(await blockValue('token')).toBe('first-0815')
})

test('with the previous values, everything is as before', async () => {
  const { before, journal } = await changed()
  const undone = await undo(journal, previous)
  expect(undone.exit, undone.stdout + undone.stderr).toBe(0)
  expect(await worldOf(server.url)).toEqual(before)
})
