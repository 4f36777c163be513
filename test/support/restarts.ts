import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { newHome, runCli } from './cli.ts'
import { plainHttp } from './plain-http.ts'

/** How many resources of each kind are created. */
export interface Amounts {
  readonly variables: number
  readonly automations: number
  readonly flows: number
}

/** What an apply said and left whose server was restarted on its port, with its database. */
export interface Restarted {
  readonly exit: number | null
  readonly stderr: string
  /** The types of its events. */
  readonly events: readonly string[]
  readonly restarts: number
  readonly changes: number
  /** The numbers of rows, and of different names, by plain HTTP. */
  readonly rows: Readonly<Record<keyof Amounts | 'deployments', readonly [rows: number, names: number]>>
  /** The changes that a second apply makes. */
  readonly left: number
}

const document = (kind: string, key: string, spec: object, refs?: object) =>
  `---\n${JSON.stringify({ kind, key, ...(refs ? { refs } : {}), spec })}\n`

function snapshotOf({ variables, automations, flows }: Amounts): string {
  const parts = ['kind: snapshot\nversion: 1\n']
  const trigger = { type: 'event', posture: 'Reactive', expect: ['a'], threshold: 1, within: 0 }
  const actions = [{ type: 'do-nothing' }]
  for (let n = 0; n < variables; n++) parts.push(document('variable', `v${n}`, { value: n }))
  for (let n = 0; n < automations; n++) parts.push(document('automation', `a${n}`, { enabled: true, trigger, actions }))
  for (let n = 0; n < flows; n++) {
    parts.push(document('flow', `f${n}`, { tags: ['x'] }))
    const spec = {
      paused: true,
      schedules: [{ slug: 'daily', cron: '0 6 * * *', active: false }],
      concurrency_limit: 2,
    }
    parts.push(document('deployment', `f${n}/prod`, spec, { flow: `flow/f${n}` }))
  }
  return parts.join('')
}

/** Applies to an empty server, which is stopped and started again after each of these shares of the changes. */
export async function applyWithRestarts(amounts: Amounts, at: readonly number[]): Promise<Restarted> {
  const home = mkdtempSync(join(tmpdir(), 'prefect-snapshot-restarts-'))
  let server = await freshServer(newest, { home })
  const { port, url } = server
  const own = newHome()
  const file = join(own, 'many.yaml')
  writeFileSync(file, snapshotOf(amounts))
  const changes = amounts.variables + amounts.automations + 2 * amounts.flows
  const left = at.map((share) => Math.floor(share * changes))
  let [restarts, working] = [0, Promise.resolve()]
  const restart = async () => {
    await server.stop()
    server = await freshServer(newest, { home, port })
    restarts++
  }
  const events: string[] = []
  const args = ['apply', file, '--api-url', url, '--yes', '--log', 'ndjson', '--server-timeout', '120']
  const ran = await runCli(args, {
    env: { HOME: own },
    started: (child) => {
      let rest = ''
      child.stderr?.on('data', (data: Buffer) => {
        const lines = (rest + data.toString()).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          const event = JSON.parse(line) as { type: string; done?: number }
          events.push(event.type)
          if (event.type === 'outcome' && (event.done ?? 0) >= (left[0] ?? Number.POSITIVE_INFINITY)) {
            left.shift()
            working = working.then(restart)
          }
        }
      })
    },
  })
  await working
  const second = await runCli(['plan', file, '--api-url', url, '-f', 'json'], { env: { HOME: own } })
  const { changes: more } = JSON.parse(second.stdout) as { changes: readonly unknown[] }
  const http = plainHttp(url)
  const count = async (path: string, body = {}): Promise<[number, number]> => {
    const rows = await http.list(path, body)
    return [rows.length, new Set(rows.map(({ name, flow_id }) => `${flow_id ?? ''} ${name}`)).size]
  }
  const rows = {
    variables: await count('/variables/filter'),
    automations: await count('/automations/filter', { sort: 'CREATED_DESC' }),
    flows: await count('/flows/filter'),
    deployments: await count('/deployments/filter', { sort: 'CREATED_DESC' }),
  }
  await server.stop()
  rmSync(home, { recursive: true, force: true })
  return { exit: ran.exit, stderr: ran.stderr, events, restarts, changes, rows, left: more.length }
}
