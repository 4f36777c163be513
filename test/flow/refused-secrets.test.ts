import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiError } from '../../src/client/client.ts'
import type { Json } from '../../src/json.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, runCli } from '../support/cli.ts'
import { clientOf } from '../support/connect.ts'
import { leaksIn } from '../support/leaks.ts'
import { plainHttp } from '../support/plain-http.ts'

/** Requests with secrets that a real server refuses: no part of a secret is in anything that the tool writes. */
const canaries = ['Zq7\\w\u00a0ö"Xk\'4#Vp', "it's-9\\Kz\u2028☃Wq", 'dbl"7\\\\nT\té😀Jx{}9', 'plainCanary0815'] as const
const template = {
  job_configuration: { command: '{{ command }}', env: '{{ env }}' },
  variables: {
    type: 'object',
    properties: { command: { type: 'integer' }, env: { type: 'object', additionalProperties: { type: 'integer' } } },
  },
}
let server: PrefectServer
let flow: string

beforeAll(async () => {
  server = await freshServer(newest)
  const plain = plainHttp(server.url)
  flow = String((await plain.post('/flows/', { name: 'f' })).id)
  await plain.post('/work_pools/', { name: 'strict', type: 'process', base_job_template: template })
})
afterAll(() => server?.stop())

const number = { type: 'object', properties: { n: { type: 'integer' }, list: { enum: [['a']] } } }
const deployment = (name: string, more: Record<string, Json>): Record<string, Json> => ({
  name,
  flow_id: flow,
  ...more,
})
/** Bodies that hold a canary, by what is wrong with them. */
const refused: Readonly<Record<string, readonly [path: string, body: (canary: string) => Record<string, Json>]>> = {
  parameter: [
    '/deployments/',
    (canary) =>
      deployment('a', { parameter_openapi_schema: number, enforce_parameter_schema: true, parameters: { n: canary } }),
  ],
  'nested parameter': [
    '/deployments/',
    (canary) =>
      deployment('b', {
        parameter_openapi_schema: number,
        enforce_parameter_schema: true,
        parameters: { list: [{ k: [canary, 1] }] },
      }),
  ],
  'job variable': [
    '/deployments/',
    (canary) => deployment('e', { work_pool_name: 'strict', job_variables: { command: canary } }),
  ],
  'nested job variable': [
    '/deployments/',
    (canary) => deployment('g', { work_pool_name: 'strict', job_variables: { env: { TOKEN: canary } } }),
  ],
  variable: ['/variables/', (canary) => ({ name: 'Not Valid!', value: canary })],
  'too long a variable': ['/variables/', (canary) => ({ name: 'long', value: canary.repeat(600) })],
  block: ['/block_documents/', (canary) => ({ name: 'x', data: { token: canary }, block_type_id: canary })],
  automation: [
    '/automations/',
    (canary) => ({ name: 'x', trigger: { type: canary }, actions: [{ type: 'call-webhook', payload: canary }] }),
  ],
  pool: ['/work_pools/', (canary) => ({ name: 'x', base_job_template: { job_configuration: { env: canary } } })],
}

describe.each(Object.entries(refused))('a refused %s', (_, [path, body]) => {
  test('its error contains no part of the secret', async () => {
    const client = clientOf(server.url)
    try {
      for (const canary of canaries) {
        const error = await client.send('POST', path, body(canary)).then(
          () => undefined,
          (reason: unknown) => reason,
        )
        expect(error).toBeInstanceOf(ApiError)
        const { message, fix = '', detail } = error as ApiError
        expect(leaksIn(message + fix + detail, canaries)).toEqual([])
        expect(detail).not.toBe('')
      }
    } finally {
      await client.close()
    }
  })
})

test('the error contains no part of the values on the server', async () => {
  const plain = plainHttp(server.url)
  const client = clientOf(server.url)
  for (const [index, canary] of canaries.entries()) {
    const body = deployment(`held-${index}`, { parameters: { n: canary }, enforce_parameter_schema: false })
    const { id } = await plain.post('/deployments/', body)
    const change = { parameter_openapi_schema: number, enforce_parameter_schema: true }
    const error: unknown = await client.send('PATCH', `/deployments/${id}`, change).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ detail: expect.stringContaining('(value) is not valid under any') })
    expect(leaksIn(String(error), canaries)).toEqual([])
  }
  await client.close()
})

test('the server quotes them', async () => {
  const [path, body] = refused['job variable'] ?? ['', () => ({})]
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body(canaries[0])) })
  expect(leaksIn(String(JSON.parse(await response.text()).detail), canaries)).not.toEqual([])
})

function filesIn(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name)
    return statSync(path).isDirectory() ? filesIn(path) : [readFileSync(path, 'utf8')]
  })
}

const documents = [
  { kind: 'snapshot', version: 1 },
  { kind: 'flow', key: 'f' },
  { kind: 'work-pool', key: 'strict', spec: { type: 'process', base_job_template: template } },
  { kind: 'work-queue', key: 'strict/default', refs: { pool: 'work-pool/strict' } },
  { kind: 'variable', key: 'long', spec: {}, secrets: { '/value': { env: 'LONG' } } },
  {
    kind: 'deployment',
    key: 'f/parameters',
    refs: { flow: 'flow/f' },
    spec: { parameter_openapi_schema: number, enforce_parameter_schema: true },
    secrets: { '/parameters/n': { env: 'C0' } },
  },
  {
    kind: 'deployment',
    key: 'f/job-variables',
    refs: { flow: 'flow/f', queue: 'work-queue/strict/default' },
    spec: {},
    secrets: { '/job_variables/env/TOKEN': { env: 'C2' }, '/job_variables/command': { env: 'C1' } },
  },
]

test.each([
  ['text', 'text'],
  ['json', 'ndjson'],
  ['html', 'text'],
  ['markdown', 'ndjson'],
])('an apply leaks nothing to its streams, its journal and its log: %s, %s', async (format, log) => {
  const home = newHome()
  const file = join(home, 'x.snapshot.yaml')
  writeFileSync(file, documents.map((document) => `---\n${JSON.stringify(document)}\n`).join(''))
  const env = { HOME: home, LONG: canaries[3].repeat(600), C0: canaries[0], C1: canaries[1], C2: canaries[2] }
  const args = ['apply', file, '--api-url', server.url, '--yes', '--verbose', '-f', format, '--log', log]
  const ran = await runCli(args, { env, cwd: home })
  expect(ran.exit).not.toBe(0)
  expect(ran.stdout + ran.stderr).toMatch(/job-variables/)
  expect(leaksIn([ran.stdout, ran.stderr, ...filesIn(home)].join('\n'), canaries)).toEqual([])
})
