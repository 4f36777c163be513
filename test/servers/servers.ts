import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { socketOf } from './broker.ts'
import { type Fork, fork, spawnForkServer } from './fork-server.ts'
import { untilHealthy, untilWritable } from './ready.ts'
import { copyTemplate, ensureTemplate } from './template.ts'
import { ensureVenv, type Progress, type ServerVersion } from './venv.ts'

export type { Progress, ServerVersion } from './venv.ts'

/** Options of a server. */
export interface ServerOptions {
  /** Runs background services, such as the scheduler and triggers; without them (the default) a server is faster. */
  readonly services?: boolean
  /** Prefect settings, e.g. `PREFECT_SERVER_API_AUTH_STRING`. A database from a URL is migrated, not copied from the template. */
  readonly env?: Readonly<Record<string, string>>
  /** A directory for the database: filled if empty, and kept after `stop`. By default a temporary one. */
  readonly home?: string
  /** A port on 127.0.0.1; any free one by default. */
  readonly port?: number
}

/** A real Prefect server with a database of its own. */
export interface PrefectServer {
  /** The API's base URL, `http://127.0.0.1:PORT/api`. */
  readonly url: string
  readonly port: number
  readonly home: string
  readonly version: ServerVersion
  /** Without a signal, a server whose directory is kept ends gracefully. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** The output of the server. */
  log(): string
}

/** Servers of one version, forked from one process that has imported Prefect. */
export interface Fleet {
  readonly version: ServerVersion
  /** The Unix socket of the fork server, for other processes. */
  readonly socket: string
  start(options?: ServerOptions): Promise<PrefectServer>
  stop(): Promise<void>
}

/**
 * Prepares everything to start servers of a version: virtual environment, preloaded process (10 to 18 s), database template.
 * All of it stops with this process for whatever reason, and none of it keeps this process running.
 */
export async function startServers(
  version: ServerVersion,
  options: { readonly onProgress?: Progress } = {},
): Promise<Fleet> {
  const onProgress = options.onProgress ?? (() => undefined)
  const python = await ensureVenv(version, onProgress)
  onProgress(`loading Prefect ${version}`)
  const forks = await spawnForkServer(python)
  const bootOnce = async (home: string) => {
    const server = await startOn(forks.socket, version, { home, services: true }, false)
    await server.stop()
  }
  await ensureTemplate(version, bootOnce, onProgress)
  onProgress(`Prefect ${version} is ready to start servers`)
  return {
    version,
    socket: forks.socket,
    start: (server = {}) => startOn(forks.socket, version, server),
    stop: () => forks.stop(),
  }
}

const fleets = new Map<ServerVersion, Promise<Fleet>>()

/**
 * A server with an empty database, for tests, demo and bench. With this project's global setup of vitest, all test files
 * share one fork server for each version; elsewhere this process starts its own at its first use.
 */
export async function freshServer(
  version: ServerVersion,
  options: ServerOptions = {},
  onProgress?: Progress,
): Promise<PrefectServer> {
  const shared = await socketOf(version)
  if (shared !== undefined) return startOn(shared, version, options)
  const fleet = fleets.get(version) ?? startServers(version, onProgress ? { onProgress } : {})
  fleets.set(version, fleet)
  return (await fleet).start(options)
}

async function startOn(
  socket: string,
  version: ServerVersion,
  options: ServerOptions,
  fromTemplate = true,
): Promise<PrefectServer> {
  const { services = false, port = 0 } = options
  const home = options.home ?? (await mkdtemp(join(dirname(socket), 'home-')))
  await mkdir(home, { recursive: true })
  const own = Object.keys(options.env ?? {}).some((name) => /_DATABASE_CONNECTION_URL$/.test(name))
  const copy = fromTemplate && !own && !existsSync(join(home, 'prefect.db'))
  if (copy) await copyTemplate(version, home)
  const env = { ...startEnv(fromTemplate && !own, copy), ...options.env }
  const process = await fork(socket, { home, port, services, env })
  const server = serverOf(process, version, home, options.home === undefined)
  try {
    await untilHealthy(server.url, process.exited)
    if (services && fromTemplate) await untilWritable(server.url)
  } catch (error) {
    const log = server.log()
    await server.stop()
    throw new Error(`Prefect ${version} did not start: ${(error as Error).message}\n${log.slice(-4000)}`)
  }
  return server
}

/** A copy of the template contains all tables and block types. */
function startEnv(registered: boolean, migrated: boolean): Record<string, string> {
  return {
    ...(registered && {
      PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false',
      PREFECT_API_BLOCKS_REGISTER_ON_START: 'false',
    }),
    ...(migrated && {
      PREFECT_SERVER_DATABASE_MIGRATE_ON_START: 'false',
      PREFECT_API_DATABASE_MIGRATE_ON_START: 'false',
    }),
  }
}

function serverOf(process: Fork, version: ServerVersion, home: string, throwaway: boolean): PrefectServer {
  const read = () => {
    const file = join(home, 'server.log')
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }
  let last: string | undefined
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = throwaway ? 'SIGKILL' : 'SIGTERM') => {
    await process.stop(signal)
    last ??= read()
    if (throwaway) await rm(home, { recursive: true, force: true })
  }
  const url = `http://127.0.0.1:${process.port}/api`
  return { url, port: process.port, home, version, stop, log: () => last ?? read() }
}
