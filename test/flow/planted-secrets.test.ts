import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, type Ran, runCli } from '../support/cli.ts'
import { type Plain, plainHttp, type Row } from '../support/plain-http.ts'
import { type Planted, planted } from './planted-secrets.ts'

/* Secrets in places that nobody declared to have any: an export warns of each, and with --strict-secrets it writes nothing. */
/** Dozens of requests, on a busy machine. */
const patience = 400_000
const home = newHome()
const entries = Object.entries(planted)
const nameOf = (index: number) => `planted_${index}`
const event = { type: 'event', posture: 'Reactive', expect: ['never'], within: 0 }
let server: PrefectServer
let refs: readonly string[]

/** Makes the object with a secret; returns its ref. */
async function plant(http: Plain, flow_id: unknown, { kind, value, spec }: Planted, index: number): Promise<string> {
  const [name, body] = [nameOf(index), spec(value)]
  const dashed = name.replace('_', '-')
  switch (kind) {
    case 'variable':
      await http.post('/variables/', { name, ...body })
      return `variable/${name}`
    case 'flow':
      await http.post('/flows/', { name, ...body })
      return `flow/${name}`
    case 'deployment': {
      const schedules = (body.schedules as Row[] | undefined)?.map(({ cron, ...one }) => ({
        ...one,
        schedule: { cron },
      }))
      await http.post('/deployments/', { name, flow_id, ...body, ...(schedules ? { schedules } : {}) })
      return `deployment/holder/${name}`
    }
    case 'work-pool':
      await http.post('/work_pools/', { name, type: 'process', ...body })
      return `work-pool/${name}`
    case 'work-queue':
      await http.post('/work_pools/', { name, type: 'process' })
      await http.post(`/work_pools/${name}/queues`, { name, ...body })
      return `work-queue/${name}/${name}`
    case 'saved-search':
      await http.put('/saved_searches/', { name, ...body })
      return `saved-search/${name}`
    case 'automation': {
      const ids = { source: 'selected', deployment_id: '<deployment>', block_document_id: '<block>', subject: 's' }
      const actions = (body.actions as Row[]).map((action) => fitting({ ...ids, ...action }))
      await http.post('/automations/', { name: dashed, trigger: event, actions })
      return `automation/${dashed}`
    }
  }
}

const nobody = '00000000-0000-4000-8000-000000000001'

/** An action with the fields of its type, and an ID that nothing has. */
function fitting({ type, ...rest }: Row): Row {
  const fields: Readonly<Record<string, readonly string[]>> = {
    'send-notification': ['block_document_id', 'subject', 'body'],
    'call-webhook': ['block_document_id', 'payload'],
    'run-deployment': ['source', 'parameters', 'job_variables'],
  }
  const kept = Object.entries(rest).filter(([name]) => fields[String(type)]?.includes(name))
  const inferred = type === 'run-deployment' ? { source: 'inferred' } : { block_document_id: nobody }
  return { type, ...Object.fromEntries(kept), ...inferred }
}

const cli = (...args: readonly string[]): Promise<Ran> =>
  runCli([...args, '--api-url', server.url], { env: { HOME: home }, cwd: home })

beforeAll(async () => {
  server = await freshServer(newest)
  const http = plainHttp(server.url)
  const { id } = await http.post('/flows/', { name: 'holder' })
  const made: string[] = []
  for (const [index, [, one]] of entries.entries()) made.push(await plant(http, id, one, index))
  refs = made
}, patience)
afterAll(() => server?.stop())

/** The planted secrets of whose resource a text says nothing. */
function unsaid(text: string): string[] {
  const told = new Set([...text.matchAll(/(\S+) may contain a secret at/g)].map(([, ref]) => ref))
  return entries.flatMap(([name], index) => (told.has(refs[index]) ? [] : [name]))
}

test('an export warns of each place, without the value', async () => {
  const { exit, stdout, stderr } = await cli('export', '-o', 'planted.yaml')
  expect(exit, stderr).toBe(0)
  expect(unsaid(stderr)).toEqual([])
  for (const { value } of Object.values(planted)) expect(stdout + stderr).not.toContain(value)
  console.log(`secrets leaked without a warning: ${unsaid(stderr).length} of ${entries.length}`)
})

test('--strict-secrets writes nothing', async () => {
  const { exit, stdout, stderr } = await cli('export', '-o', 'strict.yaml', '--strict-secrets')
  expect(exit).toBe(8)
  expect(existsSync(join(home, 'strict.yaml'))).toBe(false)
  expect(unsaid(stderr)).toEqual([])
  for (const { value } of Object.values(planted)) expect(stdout + stderr).not.toContain(value)
})
