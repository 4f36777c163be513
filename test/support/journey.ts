import { readServer } from '../worlds/read-server.ts'
import { command, type Told } from './command.ts'

/** Exports a server to text, or throws the output of the command. */
export async function exported(url: string, ...flags: readonly string[]): Promise<string> {
  return good(await command(['export', '-o', '-', '--api-url', url, '--quiet', ...flags])).out
}

/** Returns a successful run; throws an error with its output otherwise. */
export function good(told: Told): Told {
  if (told.exit !== 0) throw new Error(`exit ${told.exit}\n${told.out}\n${told.err}\n${JSON.stringify(told.issues)}`)
  return told
}

/** A snapshot without its first document, which names the source. */
export function withoutHeader(text: string): string {
  return text.slice(text.indexOf('\n---\n') + 1)
}

/** Every ID in a server's answers, except example IDs in texts, such as all zeros. */
export async function idsOf(url: string): Promise<ReadonlySet<string>> {
  const all = JSON.stringify(await readServer(url))
  const ids = all.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g) ?? []
  return new Set(ids.filter((id) => !/^0{8}-/.test(id)))
}

/** The differences between two values, as `path: one → other`. */
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
