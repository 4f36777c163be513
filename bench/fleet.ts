import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cloud, openCloud } from '../test/support/cloud/cloud.ts'
import { type Bench, inTurn, judged, median, plain, type Row, seconds } from './bench.ts'
import { fill } from './fill.ts'
import { inDirectory, onSqlite, withServer } from './servers.ts'
import { bin, runProcess } from './tool.ts'

/** Milliseconds before each request is carried out. */
const latencyMs = 80

/** One command for eight workspaces of an account, against the same command for one of them. */
export const fleet: Bench = {
  name: 'fleet',
  about: `export of eight workspaces of one account (a gateway with ${latencyMs} ms, in front of two SQLite servers) against that of the slowest`,
  run: ({ small, say }) =>
    withServer(onSqlite, (one) =>
      withServer(onSqlite, (other) =>
        inDirectory(async (dir) => {
          const count = small ? 5 : 200
          say(`filling two servers with ${count} deployments each`)
          for (const server of [one, other]) await fill(server, count)
          const names = Array.from({ length: 8 }, (_, index) => `acme/team-${index + 1}`)
          const workspaces = names.map((name, index) => ({ name, server: (index % 2 ? one : other).url }))
          const cloud = await openCloud({ workspaces, latencyMs })
          try {
            return await measure(cloud, names, dir, small ? 1 : 5)
          } finally {
            await cloud.close()
          }
        }),
      ),
    ),
}

async function measure(cloud: Cloud, names: readonly string[], dir: string, rounds: number): Promise<Row[]> {
  mkdirSync(join(dir, 'home'))
  writeFileSync(join(dir, 'home/profiles.toml'), cloud.profiles({ cloud: { workspace: names[0] ?? '' } }))
  const timed = async (workspace: string, to: string) => {
    const args = ['export', '--profile', 'cloud', '--workspace', workspace, '-o', join(dir, to), '--overwrite']
    const ran = await runProcess(process.execPath, [bin, ...args], { ...cloud.env, PREFECT_HOME: join(dir, 'home') })
    if (ran.exit !== 0) throw new Error(ran.text.slice(-3000))
    return ran.ms
  }
  const alone = new Map<string, number[]>(names.map((name) => [name, []]))
  const together: number[] = []
  let round = 0
  await inTurn(
    async () => {
      const name = names[round++ % names.length] ?? ''
      alone.get(name)?.push(await timed(name, `alone-${name.slice(5)}/`))
    },
    async () => void together.push(await timed('acme/*', 'all')),
    Math.max(rounds, names.length),
  )
  const slowest = Math.max(...[...alone.values()].flat())
  return [
    plain('the slowest workspace, alone', seconds(slowest)),
    plain('all eight, in one command', seconds(median(together))),
    judged('all eight / the slowest alone', median(together) / slowest, { most: 1.5 }),
  ]
}
