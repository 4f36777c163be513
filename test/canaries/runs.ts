import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Database, openDatabase } from '../hard/database.ts'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome } from '../support/cli.ts'
import { command, type Told } from '../support/command.ts'
import { leaksIn } from '../support/leaks.ts'
import { environmentOf } from '../support/secrets.ts'
import { canary, plainCanary, plantCanaries, policy } from './canary-server.ts'
import { type EchoProxy, openEchoProxy } from './echo-proxy.ts'

/** Two servers full of secrets, proxies that fail on request, and a home with secrets in every file that may have one. */
export interface Bench {
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  readonly proxies: Readonly<Record<'from' | 'to', EchoProxy>>
  readonly servers: readonly PrefectServer[]
  readonly database: Database
  readonly canaries: readonly string[]
  readonly recipient: string
  /** Files that hold secrets because somebody put them there. */
  readonly own: ReadonlySet<string>
  close(): Promise<void>
}

export async function openBench(): Promise<Bench> {
  const servers = await Promise.all([freshServer(newest), freshServer(newest)])
  const [from, to] = servers
  const database = openDatabase(to)
  const proxies = { from: await openEchoProxy(from.url), to: await openEchoProxy(to.url) }
  const home = newHome()
  const planted = [...(await plantCanaries(from.url, 'from')), ...(await plantCanaries(to.url, 'to'))]
  await database.save('planted')
  writeFileSync(
    join(home, 'profiles.toml'),
    ['from', 'to'].map((side) => profile(side, proxies[side as 'to'].url)).join('\n'),
  )
  const settings = {
    HTTPS_PROXY: `http://user:${plainCanary('proxy')}@127.0.0.1:9`,
    PREFECT_CLIENT_MAX_RETRIES: '0',
  }
  const bench = {
    home,
    env: { HOME: home, PREFECT_HOME: home, ...settings },
    proxies,
    servers,
    database,
    canaries: planted,
    recipient: '',
    own: new Set<string>(),
  }
  const canaries = [
    ...planted,
    canary('auth string'),
    plainCanary('custom header'),
    plainCanary('proxy'),
    ...(await writeFiles(bench)),
  ]
  const close = async () => {
    database.close()
    await Promise.all([proxies.from.close(), proxies.to.close(), from.stop(), to.stop()])
  }
  const recipient = readFileSync(join(home, 'recipient.txt'), 'utf8')
  return {
    ...bench,
    recipient,
    env: { ...bench.env, ...environmentFrom(home) },
    canaries,
    own: new Set(walk(home)),
    close,
  }
}

/** A profile with credentials, which each request sends. */
function profile(name: string, url: string): string {
  const settings = {
    PREFECT_API_URL: url,
    PREFECT_API_AUTH_STRING: `admin:${canary('auth string')}`,
    PREFECT_CLIENT_CUSTOM_HEADERS: JSON.stringify({ 'x-gate': plainCanary('custom header') }),
  }
  return [
    `[profiles.${name}]`,
    ...Object.entries(settings).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
  ].join('\n')
}

/** Policy, identity, snapshots with every source of secrets; returns further secrets. */
async function writeFiles(bench: Omit<Bench, 'close'>): Promise<string[]> {
  const { home } = bench
  const write = (name: string, text: string) => writeFileSync(join(home, name), text, { mode: 0o600 })
  write('prefect-snapshot.yaml', `${policy}environments:\n  prod: overlay.yaml\n`)
  const { generateIdentity, identityToRecipient } = await import('age-encryption')
  const identity = await generateIdentity()
  write('identity.txt', `${identity}\n`)
  write('recipient.txt', await identityToRecipient(identity))
  const more = ['file', 'command', 'env file', 'stdin'].map((place) => canary(place))
  write('file.txt', `${more[0]}\n`)
  write('command.txt', `${more[1]}\n`)
  write('secrets.env', `VARIABLE_DB_PASSWORD='${plainCanary('env file')}'\n`)
  const cleared = { ...bench, env: { ...bench.env, PREFECT_API_URL: bench.servers[0]?.url ?? '' } }
  for (const args of [
    ['export', '--secrets', 'plain', '-o', 'plain.yaml'],
    ['export', '-o', 'all.yaml'],
    ['export', '-o', 'all/'],
    ['export', '--secrets', 'age', '--recipient', readFileSync(join(home, 'recipient.txt'), 'utf8'), '-o', 'age.yaml'],
  ]) {
    const told = await command(args, cleared.env, home)
    if (told.exit !== 0) throw new Error(`${args.join(' ')}: ${told.exit} ${told.err} ${JSON.stringify(told.issues)}`)
  }
  const sources = [`{file: file.txt}`, `{command: [cat, command.txt]}`]
  let index = 0
  write(
    'sources.yaml',
    readFileSync(join(home, 'all.yaml'), 'utf8').replace(
      /\{ ?env: (?:SECRET|AWS)\w+ ?\}|env: (?:SECRET_TOKEN|AWS)\w*/g,
      (all) => (all.startsWith('{') ? (sources[index++] ?? all) : (sources[index++] ?? all).slice(1, -1)),
    ),
  )
  write('overlay.yaml', 'kind: overlay\nversion: 1\n')
  return [identity.trim().slice(20), ...more, plainCanary('env file')]
}

function environmentFrom(home: string): Record<string, string> {
  const text = (name: string) => readFileSync(join(home, name), 'utf8')
  return environmentOf(text('all.yaml'), text('plain.yaml'))
}

/** One run of a command, and the secrets that it said or wrote. */
export interface Run {
  readonly args: readonly string[]
  readonly exit: number
  readonly leaks: readonly string[]
  readonly told: Told
}

/** Runs a command in the home and searches all that it said, and all files of the home but those of `own`. */
export async function runWith(
  bench: Bench,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const { home, canaries, own } = bench
  const before = new Set(walk(home))
  const crashed = (error: Error): Told => ({ exit: -1, out: '', err: `${error.stack}`, issues: [] })
  const told = await command(args, { ...bench.env, ...env }, home, { serverTimeoutMs: 0 }).catch(crashed)
  const files = walk(home).filter((file) => !own.has(file) && !before.has(file))
  const said = [told.out, told.err, JSON.stringify(told.issues), ...files, ...files.map(textOf)].join('\n')
  return { args, exit: told.exit, leaks: leaksIn(said, canaries), told }
}

/** A new path for an output, in a folder of its own. */
export function fresh(home: string, name: string): string {
  const folder = join(home, 'out', randomUUID())
  mkdirSync(folder, { recursive: true })
  return join(folder, name)
}

function walk(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
}

function textOf(file: string): string {
  const bytes = readFileSync(file)
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8')
}
