import { type Json, writeJson } from '../../src/json.ts'
import { kinds } from '../../src/kinds/all.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { readServer } from '../worlds/read-server.ts'
import { type Ran, runCli } from './cli.ts'

/** Exports a server to text, or throws what the command said. */
export async function exported(url: string, ...flags: readonly string[]): Promise<string> {
  return good(await runCli(['export', '-o', '-', '--api-url', url, '--quiet', ...flags])).stdout
}

/** A run that ended well; else an error with all that it said. */
export function good(ran: Ran): Ran {
  if (ran.exit !== 0) throw new Error(`exit ${ran.exit}\n${ran.stdout}\n${ran.stderr}`)
  return ran
}

/** A snapshot without its first document, which says where it comes from. */
export function withoutHeader(text: string): string {
  return text.slice(text.indexOf('\n---\n') + 1)
}

/** The environment that fills the holes of a snapshot with the values of one that has them in clear. */
export function envFor(holes: string, plain: string): Record<string, string> {
  const secretsOf = (text: string) =>
    parseSnapshot([{ file: 'a', text }], kinds).snapshot.resources.flatMap(({ kind, key, secrets }) =>
      Object.entries(secrets).map(([pointer, hole]) => ({ at: `${kind}/${key}${pointer}`, hole })),
    )
  const values = new Map(secretsOf(plain).map(({ at, hole }) => [at, 'plain' in hole ? hole.plain.reveal() : null]))
  const env = secretsOf(holes).map(({ at, hole }): [string, string] => {
    if (!('env' in hole)) throw new Error(`${at} is no hole`)
    return [hole.env, textOf(values.get(at) ?? null, hole.as)]
  })
  return Object.fromEntries(env)
}

function textOf(value: Json, as: 'json' | undefined): string {
  return as === 'json' || typeof value !== 'string' ? writeJson(value) : value
}

/** Every id that a server gives, but those of zeros and the like that texts use as examples. */
export async function idsOf(url: string): Promise<ReadonlySet<string>> {
  const all = JSON.stringify(await readServer(url))
  const ids = all.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g) ?? []
  return new Set(ids.filter((id) => !/^0{8}-/.test(id)))
}

/** The places at which two values differ, as `path: one → other`. */
export function differencesOf(a: unknown, b: unknown, path = ''): string[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return []
  const keys = isObject(a) && isObject(b) ? [...new Set([...Object.keys(a), ...Object.keys(b)])] : []
  if (keys.length === 0) return [`${path}: ${JSON.stringify(a)} → ${JSON.stringify(b)}`]
  return keys.flatMap((key) => differencesOf((a as Fields)[key], (b as Fields)[key], `${path}/${key}`))
}

type Fields = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !('isLosslessNumber' in value)
}
