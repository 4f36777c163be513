import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { bin, newHome, type Ran, runCli } from '../support/cli.ts'

/** A server that has only variables. */
async function variableServer() {
  const variables = new Map<string, Readonly<Record<string, unknown>>>()
  const answers = (method: string, path: string, body: Record<string, unknown>): unknown => {
    if (path === '/admin/version') return '3.8.8'
    if (path === '/health') return true
    if (path === '/admin/storage') return { default_result_storage_block_id: null }
    if (path.startsWith('/csrf-token')) return { token: 'none', expiration: '2099-01-01T00:00:00Z' }
    if (path.endsWith('/count')) return path === '/variables/count' ? variables.size : 0
    if (path.endsWith('/paginate')) return { results: [], count: 0, limit: 200, pages: 0, page: 1 }
    if (path === '/variables/filter') return [...variables.values()].slice(Number(body.offset ?? 0)).slice(0, 200)
    if (method === 'POST' && path === '/variables/') {
      const id = `00000000-0000-4000-8000-${String(variables.size).padStart(12, '0')}`
      const created = { tags: [], ...body, id, created: '2026-01-01T00:00:00Z', updated: '2026-01-01T00:00:00Z' }
      variables.set(id, created)
      return created
    }
    if (method === 'DELETE') return void variables.delete(path.slice('/variables/'.length))
    return []
  }
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request
    const answer = answers(method, url.replace('/api', ''), await bodyOf(request))
    response.writeHead(answer === undefined ? 204 : 200, { 'content-type': 'application/json' })
    response.end(answer === undefined ? undefined : JSON.stringify(answer))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`, variables }
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : JSON.parse(text)
}

/** Runs the built command line where no file may be larger than a few KiB: a write that reaches the limit is cut short. */
function runLimited(args: readonly string[], home: string): Promise<Ran> {
  const env = { PATH: process.env.PATH ?? '', HOME: home, NO_COLOR: '1' }
  const script = 'ulimit -f 8; exec "$0" "$@"'
  const child = spawn('bash', ['-c', script, process.execPath, bin, ...args], { env, cwd: home })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (data) => {
      texts[name] += data
    })
  return new Promise((resolve) => child.on('close', (exit) => resolve({ exit, ...texts })))
}

const textOf = (count: number) =>
  `kind: snapshot\nversion: 1\n${Array.from({ length: count }, (_, n) => `---\nkind: variable\nkey: v${n}\nspec: {value: text ${n}}\n`).join('')}`

it('an apply whose journal cannot grow ends with its summary, and what it wrote can be undone', async () => {
  const [home, { url, variables }] = [newHome(), await variableServer()]
  writeFileSync(join(home, 's.yaml'), textOf(100))
  const applied = await runLimited(['apply', 's.yaml', '--yes', '--journal', 'j.ndjson', '--api-url', url], home)
  expect([applied.exit, applied.stderr]).toEqual([
    5,
    expect.stringContaining(
      'The journal j.ndjson is incomplete, because it could not be written: the file is larger than',
    ),
  ])
  const [, done, failed] = /Applied 100 changes: (\d+) done, (\d+) failed/.exec(applied.stdout + applied.stderr) ?? []
  expect([Number(done), Number(done) + Number(failed)]).toEqual([variables.size, 100])
  expect(variables.size).toBeGreaterThan(0)
  // Every write has its intent in the journal, whose last line is torn.
  const journal = readFileSync(join(home, 'j.ndjson'), 'utf8')
  for (const { name } of variables.values())
    expect(journal).toContain(`"type":"intent","ref":"variable/${String(name)}"`)
  const undone = await runCli(['undo', 'j.ndjson', '--yes', '--api-url', url], { env: { HOME: home }, cwd: home })
  expect([undone.exit, variables.size], undone.stderr).toEqual([0, 0])
})

it('a file that cannot grow is as before, and a sentence says why', async () => {
  const home = newHome()
  writeFileSync(join(home, 's.yaml'), textOf(1000))
  writeFileSync(join(home, 'old.yaml'), textOf(1))
  mkdirSync(join(home, 'd'))
  for (const output of ['old.yaml', 'new.yaml', 'sub/new.yaml']) {
    const { exit, stderr } = await runLimited(['convert', 's.yaml', '-o', output], home)
    expect([exit, stderr]).toEqual([
      1,
      `error [unwritable-file] Cannot write ${output}: the file is larger than the system allows.\n`,
    ])
  }
  expect(readdirSync(home).sort()).toEqual(['d', 'old.yaml', 's.yaml'])
  expect(readFileSync(join(home, 'old.yaml'), 'utf8')).toBe(textOf(1))
})
