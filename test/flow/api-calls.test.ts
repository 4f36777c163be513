import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { openTap, type Tap } from '../servers/tap.ts'
import { newest } from '../servers/versions.ts'
import { newHome, writeProfiles } from '../support/cli.ts'
import { command } from '../support/command.ts'
import { everyKind } from '../support/world.ts'

/**
 * The calls of each command, as a proxy records them in front of a server with every kind. `docs/api-calls.md` is made of
 * them, with `npx vitest run test/flow/api-calls.test.ts --update`.
 */

let server: PrefectServer
let tap: Tap
let home: string
let umask: number
/** Paths of the server's OpenAPI document, below `/api`. */
let templates: readonly string[]
const byCommand = new Map<string, Set<string>>()

beforeAll(async () => {
  // Modes of files do not depend on it.
  umask = process.umask(0)
  server = await freshServer(newest)
  tap = await openTap(server.url)
  home = newHome()
  writeProfiles(home, { server: tap.url })
  const document = (await (await fetch(new URL('/openapi.json', server.url))).json()) as { paths: object }
  templates = Object.keys(document.paths).map((path) => path.replace(/^\/api/, ''))
})
afterAll(async () => {
  process.umask(umask)
  await tap?.close()
  await server?.stop()
})

/** One change of every kind that can be updated. */
const overlay = `kind: overlay
version: 1
entries:
  - {match: 'variable/*', set: {/spec/value: changed}}
  - {match: concurrency-limit/db-pool, set: {/spec/limit: 77}}
  - {match: 'tag-concurrency-limit/*', set: {/spec/concurrency_limit: 7}}
  - {match: work-pool/k8s, set: {/spec/concurrency_limit: 9}}
  - {match: work-queue/k8s/high, set: {/spec/concurrency_limit: 3}}
  - {match: flow/etl, set: {/spec/tags: [changed]}}
  - {match: deployment/etl/prod, set: {/spec/description: changed}, merge: {spec: {schedules: []}}}
  - {match: deployment/etl/staging, set: {/spec/schedules: [{cron: 0 9 * * *, active: false}]}}
  - {match: 'automation/**', set: {/spec/description: changed}}
  - {match: block/raw-settings/child-free, set: {/spec/data/mode: changed}}
  - {match: block-type/raw-settings, set: {/spec/description: changed}}
`
const few =
  'kind: snapshot\nversion: 1\nscope: {include: ["**"], exclude: [], incomplete: []}\n---\nkind: variable\nkey: big_int\nspec: {value: 1}\n'

/** Runs a command; its calls count for `name`. */
async function run(name: string, ...args: readonly string[]): Promise<void> {
  tap.clear()
  const { exit, err, issues } = await command(args, { HOME: home, PREFECT_HOME: home }, home)
  const reason = exit === 0 ? '' : err + JSON.stringify(issues)
  expect.soft([args.join(' '), exit, reason]).toEqual([args.join(' '), 0, ''])
  const calls = byCommand.get(name) ?? new Set()
  byCommand.set(name, calls)
  for (const { method, path } of tap.requests) calls.add(`${method} ${templateOf(path)}`)
}

/** The path of the OpenAPI document that a path is an instance of; the one with the most literal parts. */
function templateOf(path: string): string {
  const parts = path.split('/')
  const fits = templates.filter((template) => {
    const own = template.split('/')
    return own.length === parts.length && own.every((part, at) => part.startsWith('{') || part === parts[at])
  })
  const literal = (template: string) => template.split('/').filter((part) => !part.startsWith('{')).length
  const [best] = fits.sort((a, b) => literal(b) - literal(a))
  return best ?? path
}

/** The modes of files in the home whose path matches. */
function modesOf(pattern: RegExp): readonly string[] {
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((file) => pattern.test(file))
  return [...new Set(files.map((file) => (statSync(join(home, file)).mode & 0o777).toString(8)))]
}

test('the documented calls are those that the commands make', async () => {
  writeFileSync(join(home, 'o.yaml'), overlay)
  writeFileSync(join(home, 'few.yaml'), few)
  const to = ['--profile', 'server']
  await run('apply', 'restore', everyKind, ...to, '--drill', '--yes')
  // Deletes what was created.
  await run('apply', 'undo', '--last', ...to, '--yes')
  await run('apply', 'apply', everyKind, ...to, '--yes')
  await run('export', 'export', '-o', 'all.yaml', '--secrets', 'plain', ...to)
  await run('backup', 'backup', 'backups', ...to)
  await run('export', 'bundle', 'all.yaml', '-o', 'plain.tar.gz')
  await run('diff', 'diff', 'all.yaml', 'profile:server')
  await run('plan', 'plan', 'all.yaml', '--overlay', 'o.yaml', ...to, '--override-change-limit')
  await run('plan', 'plan', 'few.yaml', ...to, '--out', 'plan.json')
  await run('doctor', 'doctor', '--from', 'server')
  await run('apply', 'apply', 'all.yaml', '--overlay', 'o.yaml', ...to, '--override-change-limit', '--yes')
  await run('apply', 'undo', '--last', ...to, '--yes')
  await run('pause', 'pause', ...to, '--yes')
  await run('activate', 'activate', 'all.yaml', ...to, '--yes')
  await run('verify', 'verify', 'all.yaml', ...to)
  await run('apply', 'transfer', '--from', 'server', '--to', 'server', '--allow-same-server', '--yes')
  expect({
    plain: modesOf(/^(all\.yaml|plain\.tar\.gz|backups\/plain.*)$/),
    backups: modesOf(/^backups\/.*\.yaml$/),
    plans: modesOf(/^plan\.json$/),
    journals: modesOf(/\/journals\/./),
    folder: modesOf(/^backups$/),
    state: modesOf(/^\.local\/state\/prefect-snapshot(\/journals)?$/),
  }).toEqual({ plain: ['600'], backups: ['644'], plans: ['644'], journals: ['600'], folder: ['755'], state: ['700'] })
  await expect(table()).toMatchFileSnapshot(fileURLToPath(new URL('../../docs/api-calls.md', import.meta.url)))
})

function table(): string {
  const commands = [...byCommand.keys()].sort()
  const calls = [...new Set([...byCommand.values()].flatMap((set) => [...set]))]
  const pathOf = (call: string) => call.slice(call.indexOf(' ') + 1)
  const isRead = (call: string) => call.startsWith('GET') || /\/(filter|count|paginate)$/.test(call)
  const rows = (wanted: boolean) =>
    calls
      .filter((call) => isRead(call) === wanted)
      .sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : pathOf(a) > pathOf(b) ? 1 : a < b ? -1 : 1))
      .map((call) => {
        const users = commands.filter((command) => byCommand.get(command)?.has(call))
        return `| \`${call}\` | ${users.length === commands.length ? 'all' : users.join(', ')} |\n`
      })
      .join('')
  const head = '| call | commands |\n|---|---|\n'
  return `# API calls of each command

Recorded in front of Prefect ${newest} with resources of every kind by \`test/flow/api-calls.test.ts\`, which fails if this page differs, and writes it with \`--update\`. *apply* stands
for all that write what a plan says: \`apply\`, \`restore\`, \`undo\`, and \`transfer\` at its destination, which reads its source like \`export\`. A command makes only those calls that its
resources need. *all* are ${commands.join(', ')}; other commands send nothing. A server that is newer than what this version knows is also asked for \`GET /openapi.json\`, once.

## Reads

${head}${rows(true)}
## Writes

${head}${rows(false)}`
}
