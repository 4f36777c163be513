import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PrefectServer } from '../test/servers/servers.ts'
import { type Bench, judged, plain, type Row, seconds } from './bench.ts'
import { fill } from './fill.ts'
import { againstBare, type Measured } from './recorded.ts'
import { inDirectory, onSqlite, withServer } from './servers.ts'
import { tool } from './tool.ts'

/** Plan: of named resources, its cost depends on the size of the snapshot, not on the size of the server. */
export const planning: Bench = {
  name: 'plan',
  about:
    'plan of 50 deployments on a server with 50 and with 10,000, and of all of them against the bare reads (SQLite)',
  async run({ small, say }) {
    const [few, all] = small ? [3, 20] : [50, 10_000]
    return inDirectory(async (dir) => {
      const file = join(dir, 'few.snapshot.yaml')
      const alone = await withServer(onSqlite, async (server) => {
        await fill(server, few)
        await tool(['export', '--api-url', server.url, '-o', file])
        return planOf(server, file, small ? 1 : 5, namesIn(file))
      })
      say(`filling a server with ${all} flows and ${all} deployments`)
      return withServer(onSqlite, async (server) => {
        await fill(server, all)
        const among = await planOf(server, file, small ? 1 : 5, namesIn(file))
        const whole = join(dir, 'all.snapshot.yaml')
        await tool(['export', '--api-url', server.url, '-o', whole])
        const everything = await planOf(server, whole, small ? 1 : 8)
        const { ms: validating } = await tool(['validate', whole])
        return [
          plain(`${few} of ${few} deployments: requests`, String(alone.requests)),
          judged(`${few} of ${all}: requests`, among.requests, { most: alone.requests }),
          plain(`${few} of ${few}: plan`, seconds(alone.ours)),
          plain(`${few} of ${all}: plan`, seconds(among.ours)),
          judged(`${few} of ${all} / ${few} of ${few}`, among.ours / alone.ours, { most: 1.5 }),
          ...wholeRows(all, everything, validating),
        ]
      })
    })
  },
}

function wholeRows(all: number, { requests, ours, bare, mb }: Measured, validating: number): Row[] {
  return [
    plain(`all ${all}: requests`, String(requests)),
    plain(`all ${all}: bare reads`, seconds(bare)),
    plain(`all ${all}: plan, starting Node included`, seconds(ours)),
    judged(`all ${all}: plan / bare reads`, ours / bare, { most: 1.15 }),
    plain(`all ${all}: validate of the same file`, seconds(validating)),
    plain(`all ${all}: plan without validating the file / bare reads`, ((ours - validating) / bare).toFixed(2)),
    plain(`all ${all}: peak memory`, `${mb.toFixed(0)} MB`),
  ]
}

function planOf(
  { url }: PrefectServer,
  file: string,
  rounds: number,
  selection: readonly string[] = [],
): Promise<Measured> {
  return againstBare(url, rounds, (to) => ['plan', file, '--api-url', to, ...selection])
}

/** Options that name each resource of a file: what a scope names one by one is read by name. */
function namesIn(file: string): string[] {
  const documents = readFileSync(file, 'utf8').matchAll(/^kind: (\S+)\nkey: "?([^"\n]+)"?$/gm)
  return [...documents].flatMap(([, kind, key]) => ['--include', `${kind}/${key}`])
}
