import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { command } from '../support/command.ts'
import { leaksIn } from '../support/leaks.ts'

/** A server that repeats what it was sent for authorization: none of it gets into an output or a file. */

/** A response: its status, body, and headers. */
type Answer = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>]
/** What is echoed: the whole header, and what it contains. */
type Echo = (path: string, header: string, inner: string) => Answer | undefined

let echo: Echo
let url: string
let close: () => void
let cwd: string
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'echo-'))
  const server = createServer((request, response) => {
    request.resume()
    const header = request.headers.authorization ?? ''
    const path = (request.url ?? '').replace(/^\/api|\?.*/g, '')
    const [status, body, headers] = echo(path, header, innerOf(request)) ?? plainAnswer(path)
    const text = typeof body === 'string' && headers?.['content-type'] ? body : JSON.stringify(body)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`
  close = () => server.close()
})
afterEach(() => close())

function innerOf({ headers: { authorization = '' } }: IncomingMessage): string {
  const [scheme, value = ''] = authorization.split(' ')
  return scheme === 'Basic' ? Buffer.from(value, 'base64').toString('utf8') : value
}

/** An empty server. */
function plainAnswer(path: string): Answer {
  if (path === '/admin/version') return [200, '3.8.8']
  if (path.endsWith('/count')) return [200, 0]
  return [200, []]
}

const variable = (more: object) => ({
  id: '0b6b7d2c-5a0f-4c2e-9c37-3a1f6d9c2b11',
  created: '2026-01-01T00:00:00Z',
  updated: '2026-01-01T00:00:00Z',
  name: 'a',
  value: 1,
  tags: [],
  ...more,
})
const withVariable =
  (more: (header: string, inner: string) => object): Echo =>
  (path, header, inner) => {
    if (path === '/variables/count') return [200, 1]
    return path === '/variables/filter' ? [200, [variable(more(header, inner))]] : undefined
  }
const failing =
  (text: (header: string, inner: string) => string): Echo =>
  (path, header, inner) =>
    path === '/admin/version' ? undefined : [422, { exception_message: text(header, inner) }]

const echoes: Readonly<Record<string, Echo>> = {
  'its version': (path, header) => (path === '/admin/version' ? [200, `3.8.8+${header}`] : undefined),
  'its version, decoded': (path, _, inner) =>
    path === '/admin/version' ? [200, `3.8.8+${inner.replace(/[^\w.+-]/g, '')}`] : undefined,
  'a message': failing((header) => `bad header: ${header}`),
  'a message in lower case': failing((header) => `bad header ${header.toLowerCase()}`),
  'a message, decoded': failing((_, inner) => `no user ${inner}`),
  'a message, percent-encoded': failing((_, inner) => `try /login?as=${encodeURIComponent(inner)}`),
  'a message, in base64 of more': failing((header) => Buffer.from(`Authorization: ${header}`).toString('base64')),
  'a message, decoded and in base64 of more': failing((_, inner) => Buffer.from(`x=${inner}!`).toString('base64')),
  'a message, as entities': failing((_, inner) => inner.replaceAll("'", '&#39;').replaceAll('"', '&quot;')),
  'a message, decomposed': failing((_, inner) => inner.normalize('NFD')),
  'a message, cut': failing((header) => `${'x'.repeat(280)} ${header.slice(0, 24)}`),
  'a redirect': (path, header, inner) =>
    path === '/admin/version'
      ? undefined
      : [302, '', { location: `http://else.example/${encodeURIComponent(inner)}/${encodeURIComponent(header)}` }],
  'a web page': (path, header) =>
    path === '/admin/version' ? undefined : [200, `<html>${header}`, { 'content-type': 'text/html', server: header }],
  'the version as a web page': (_, header) => [401, `<html>${header}`, { 'content-type': 'text/html' }],
  'a name': withVariable((_, inner) => ({ name: inner })),
  'a value': withVariable((header) => ({ value: { headers: [header] } })),
  'a value, decoded': withVariable((_, inner) => ({ value: `got ${inner}` })),
  'a tag': withVariable((header) => ({ tags: [header] })),
}

const keys: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  key: { PREFECT_API_KEY: 'pnu_Zq7wKx4VpJ9mT2bR8nL5cD' },
  password: { PREFECT_API_AUTH_STRING: `ops:Zü"7w\\Kx'4Vp J9` },
}
/** Of the password, what its other forms have in common. */
const secrets = [
  ...['pnu_Zq7wKx4VpJ9mT2bR8nL5cD', 'zq7wkx4vpj9mt2br8nl5cd', `Zü"7w\\Kx'4Vp J9`],
  ...[`ops:Zü"7w\\Kx'4Vp J9`, 'pnu_Zq7wKx4VpJ9mT2bR8nL5cD'].map((text) => Buffer.from(text).toString('base64')),
  Buffer.from(`ops:Zü"7w\\Kx'4Vp J9`).toString('base64').toLowerCase(),
]

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesIn(path) : [name, readFileSync(path, 'utf8')]
  })
}

/** Runs a command, which has to fail, and returns everything that it printed and wrote. */
async function told(args: readonly string[], credentials: object): Promise<string> {
  const env = { ...credentials, HOME: cwd, PREFECT_CLIENT_MAX_RETRIES: '0' }
  const { exit, out, err, issues } = await command([...args, '--api-url', url, '--verbose'], env, cwd)
  expect(exit).not.toBe(0)
  return [out, err, ...issues.flatMap(({ message, fix = '' }) => [message, fix]), ...filesIn(cwd)].join('\n')
}

describe.each(Object.entries(keys))('the %s', (_, credentials) => {
  it.each(Object.keys(echoes))('in %s', async (name) => {
    echo = echoes[name] ?? (() => undefined)
    expect(leaksIn(await told(['export', '-o', 's.yaml'], credentials), secrets)).toEqual([])
  })

  it.each([
    ['export', '-o', '-'],
    ['backup', 'backups'],
    ['plan', 'own.yaml', '-f', 'json'],
    ['plan', 'own.yaml', '--prune', '-f', 'html', '--out', 'plan.json'],
    ['apply', 'own.yaml', '--yes'],
    ['pause', '--include', 'variable/**', '--yes'],
  ])('in a value or a name: %s', async (...args) => {
    writeFileSync(join(cwd, 'own.yaml'), 'kind: snapshot\nversion: 1\n---\nkind: variable\nkey: a\nspec: {value: 2}\n')
    for (const name of ['a value', 'a value, decoded', 'a name']) {
      echo = echoes[name] ?? (() => undefined)
      expect(leaksIn(await told(args, credentials), secrets)).toEqual([])
    }
  })
})

it('texts of a server are one line without invisible characters, and bounded', async () => {
  const trap = 'a\u202eb\u001b[31mc\u200bd\u0085e\u009bf\u061cg\n::error::x\u{e0041}'
  echo = (path) => (path === '/admin/version' ? undefined : [422, { detail: trap + 'y'.repeat(5000) }])
  const { err, issues } = await command(
    ['export', '--api-url', url],
    { HOME: cwd, PREFECT_CLIENT_MAX_RETRIES: '0' },
    cwd,
  )
  const text = err.replaceAll('\n', '') + issues.map(({ message }) => message).join('')
  expect(text).not.toMatch(/[\p{Cc}\p{Default_Ignorable_Code_Point}]/u)
  expect(text).toContain('a\\u202eb\\u001b[31mc\\u200bd')
  expect(text.length).toBeLessThan(1000)
  for (const version of [`3.8.8${trap}`, '3.8.8 (x)', `3.${'8'.repeat(5000)}`, '']) {
    echo = (path) => (path === '/admin/version' ? [200, version] : undefined)
    const refused = await command(['export', '--api-url', url], { HOME: cwd }, cwd)
    expect(refused.issues.map(({ code }) => code)).toEqual(['not-prefect'])
  }
})
