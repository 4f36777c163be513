import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { freshServer, type PrefectServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { readWorld } from '../worlds/read_world.ts'
import { type Ran, runCli } from './cli.ts'

/** A snapshot of a world with every kind, with its made-up secrets in clear text. */
export const everyKind = fileURLToPath(new URL('../fixtures/worlds/every-kind.snapshot.yaml', import.meta.url))

export function everyKindText(): string {
  return readFileSync(everyKind, 'utf8')
}

/** The content of a server as read by independent code, with sorted keys. */
export async function worldOf(url: string): Promise<unknown> {
  return sorted(await readWorld(url))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null || 'isLosslessNumber' in value) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}

/** Applies a snapshot without confirmation. */
export function applyTo(url: string, snapshot: string, ...flags: readonly string[]): Promise<Ran> {
  return runCli(['apply', snapshot, '--api-url', url, '--yes', ...flags])
}

/** A server with the world of every kind, and its content. */
export async function servedWorld(): Promise<{ readonly server: PrefectServer; readonly world: unknown }> {
  const server = await freshServer(newest)
  const { exit, stderr } = await applyTo(server.url, everyKind)
  if (exit !== 0) throw new Error(`the world could not be applied: ${stderr}`)
  return { server, world: await worldOf(server.url) }
}
