import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { cliIn, newHome } from '../support/cli.ts'
import { plainHttp } from '../support/plain-http.ts'

/** UUIDs that belong to nothing on the source: IDs in triggers and actions, and values of users elsewhere. */
const gone = 'ffffffff-aaaa-4bbb-8ccc-ffffffffffff'
const file = join(newHome(), 'ids.snapshot.yaml')
const { cli } = cliIn(newHome())
let from: PrefectServer
let to: PrefectServer

beforeAll(async () => {
  ;[from, to] = await Promise.all([freshServer(newest), freshServer(newest)])
  const plain = plainHttp(from.url)
  const flow = (await plain.post('/flows/', { name: 'etl' })).id
  const parameters = { order: gone, list: [gone], note: `acme.order.${gone}`, url: `https://example.org/${gone}` }
  await plain.post('/deployments/', { name: 'own', flow_id: flow, parameters, job_variables: { env: { RUN: gone } } })
  await plain.post('/variables/', { name: 'order', value: { id: gone } })
  await plain.post('/deployments/', { name: 'pool', flow_id: flow, parameters: { x: `prefect.work-pool.${gone}` } })
  const event = { type: 'event', posture: 'Reactive', expect: ['x'] }
  const automate = (name: string, trigger: object, actions: readonly object[] = []) =>
    plain.post('/automations/', { name, trigger, actions, enabled: true })
  await automate('webhook', { ...event, match: { 'prefect.resource.id': `prefect-cloud.webhook.${gone}` } })
  await automate('nested', {
    type: 'compound',
    require: 'all',
    within: 60,
    triggers: [{ ...event, match_related: { 'prefect.resource.id': [`prefect.work-pool.${gone}`] } }],
  })
  await automate('bare', { ...event, match: { 'acme.order': gone } })
  const { id } = await plain.get('/deployments/name/etl/own')
  const run = { type: 'run-deployment', source: 'selected', deployment_id: id, parameters: { order: gone } }
  await automate('argument', event, [run])
})
afterAll(async () => {
  await from?.stop()
  await to?.stop()
})

const unresolved = ['automation/bare', 'automation/nested', 'automation/webhook', 'deployment/etl/pool']
const refsIn = (text: string) => [...new Set([...text.matchAll(/\[unresolved-id\] (\S+)/g)].map(([, ref = '']) => ref))]

test('an export warns about IDs, and not about values of users', async () => {
  const exported = await cli('export', '--api-url', from.url, '-o', file)
  expect(exported.exit, exported.stderr).toBe(0)
  expect(refsIn(exported.stderr).sort()).toEqual(unresolved)
})

test('a plan for another server refuses them, and --allow-unresolved writes them unchanged', async () => {
  const planned = await cli('plan', file, '--api-url', to.url)
  expect(planned.exit, planned.stdout).not.toBe(0)
  expect(refsIn(planned.stdout + planned.stderr).sort()).toEqual(unresolved)
  const others = unresolved.flatMap((ref) => ['--exclude', ref])
  const rest = await cli('apply', file, '--api-url', to.url, '--yes', ...others)
  expect(rest.exit, rest.stderr).toBe(0)
  const applied = await cli('apply', file, '--api-url', to.url, '--yes', '--allow-unresolved')
  expect(applied.exit, applied.stderr).toBe(0)
  const found = await plainHttp(to.url).list('/automations/filter', {})
  expect(JSON.stringify(found)).toContain(`prefect-cloud.webhook.${gone}`)
})
