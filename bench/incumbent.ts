import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PrefectServer } from '../test/servers/servers.ts'
import { ensureVenv } from '../test/servers/venv.ts'
import { newest } from '../test/servers/versions.ts'
import { readWorld, type World } from '../test/worlds/read_world.ts'
import { seed } from '../test/worlds/seed.ts'
import { bareClient } from './bare.ts'
import { type Bench, judged, plain, type Row, seconds } from './bench.ts'
import { inDirectory, onSqlite, withServer } from './servers.ts'
import { runProcess, tool } from './tool.ts'
import { fillBare, flowsAndDeployments } from './worlds.ts'

/** `prefect transfer` of the servers' version against export and apply, from one source to two empty servers, in one run. */
export const incumbent: Bench = {
  name: 'incumbent',
  about: `prefect transfer ${newest} against export and apply (SQLite, one source, two empty servers)`,
  async run({ small, say }) {
    const count = small ? 3 : 190
    const movable = await withServer(onSqlite, async (source) => {
      const bare = bareClient(source.url)
      await fillBare(flowsAndDeployments(count), bare)
      bare.close()
      say(`a world that it can move in full: ${count} flows and deployments without pools`)
      return compare(source, `${count} flows and deployments`, small ? undefined : { first: 2, second: 20 })
    })
    // Two transfers of every kind take minutes; test/flow also checks what arrives.
    if (small) return movable
    const everything = await withServer(onSqlite, async (source) => {
      say('resources of every kind')
      await seed('every_kind', newest, source.url)
      return compare(source, 'every kind', undefined)
    })
    return [...movable, ...everything]
  },
}

type Limits = { readonly first: number; readonly second: number } | undefined

async function compare(source: PrefectServer, label: string, limits: Limits): Promise<Row[]> {
  const theirs = await withServer(onSqlite, (to) => twice(source, to, transfer))
  const ours = await withServer(onSqlite, (to) => twice(source, to, exportAndApply))
  const factor = (what: string, value: number, least: number | undefined) =>
    least === undefined ? plain(what, value.toFixed(1)) : judged(what, value, { least })
  return [
    plain(`${label}: prefect transfer, first and second time`, `${seconds(theirs.first)}, ${seconds(theirs.second)}`),
    plain(`${label}: export and apply, first and second time`, `${seconds(ours.first)}, ${seconds(ours.second)}`),
    factor(`${label}: speedup, first`, theirs.first / ours.first, limits?.first),
    factor(`${label}: speedup, second`, theirs.second / ours.second, limits?.second),
    plain(`${label}: prefect transfer, identical to the source`, theirs.arrived),
    plain(`${label}: export and apply, identical to the source`, ours.arrived),
  ]
}

type Move = (from: string, to: string) => Promise<number>

async function twice(from: PrefectServer, to: PrefectServer, move: Move) {
  const empty = await readWorld(to.url)
  const first = await move(from.url, to.url)
  const arrived = arrivedOf(await readWorld(from.url), await readWorld(to.url), empty)
  return { first, arrived, second: await move(from.url, to.url) }
}

/**
 * How many resources of the source are at the destination with the same content, of how many, and the same for each kind of which
 * not all are. Built-in ones do not count.
 */
function arrivedOf(source: World, now: World, empty: World): string {
  const counts = Object.entries(source).map(([kind, resources]) => {
    const own = Object.entries(resources).filter(([name]) => empty[kind]?.[name] === undefined)
    const same = own.filter(([name, value]) => textOf(now[kind]?.[name]) === textOf(value))
    return { kind, same: same.length, all: own.length }
  })
  const sum = (of: 'same' | 'all') => counts.reduce((total, count) => total + count[of], 0)
  const partial = counts.filter(({ same, all }) => same < all).map(({ kind, same, all }) => `${kind} ${same} of ${all}`)
  return `${sum('same')} of ${sum('all')}${partial.length > 0 ? ` (${partial.join(', ')})` : ''}`
}

/** JSON with sorted keys. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}

const transfer: Move = (from, to) =>
  inDirectory(async (dir) => {
    const table = (name: string, url: string) => `[profiles.${name}]\nPREFECT_API_URL = "${url}"\n`
    writeFileSync(join(dir, 'profiles.toml'), `active = "from"\n${table('from', from)}${table('to', to)}`)
    const prefect = join(dirname(await ensureVenv(newest)), 'prefect')
    const ran = await runProcess(prefect, ['transfer', '--from', 'from', '--to', 'to'], { PREFECT_HOME: dir })
    // It exits with 1 if a resource could not be transferred, and continues with the rest.
    if (!/Transfer completed/.test(ran.text)) throw new Error(`prefect transfer ended with ${ran.exit}: ${ran.text}`)
    return ran.ms
  })

const exportAndApply: Move = (from, to) =>
  inDirectory(async (dir) => {
    const file = join(dir, 'all.snapshot.yaml')
    const exported = await tool(['export', '--api-url', from, '-o', file, '--secrets', 'plain'])
    const applied = await tool(['apply', file, '--api-url', to, '--yes', '--allow-unresolved'])
    return exported.ms + applied.ms
  })
