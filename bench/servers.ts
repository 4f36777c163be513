import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshServer, type PrefectServer } from '../test/servers/servers.ts'
import { newest } from '../test/servers/versions.ts'
import { bareClient } from './bare.ts'
import { openCluster } from './postgres.ts'

/** Starts servers, each with an empty database. */
export interface Servers {
  readonly label: string
  fresh(): Promise<PrefectServer>
  close(): Promise<void>
}

export const onSqlite: Servers = { label: 'SQLite', fresh: () => freshServer(newest), close: async () => {} }

/** Servers whose databases are in one PostgreSQL cluster; undefined if PostgreSQL is not installed. */
export async function onPostgres(say: (line: string) => void): Promise<Servers | undefined> {
  const cluster = await openCluster()
  if (!cluster) return undefined
  const registered = { PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false' }
  say('PostgreSQL: migrating a database once (about a minute)')
  await cluster.createDatabase('base')
  const first = await freshServer(newest, { env: { PREFECT_SERVER_DATABASE_CONNECTION_URL: cluster.url('base') } })
  await first.stop()
  let count = 0
  return {
    label: 'PostgreSQL',
    fresh: async () => {
      const name = `bench_${++count}`
      await cluster.createDatabase(name, 'base')
      const url = { PREFECT_SERVER_DATABASE_CONNECTION_URL: cluster.url(name) }
      return freshServer(newest, { env: { ...registered, ...url } })
    },
    close: () => cluster.close(),
  }
}

/**
 * Runs `use` with an empty server, and stops the server afterwards. The version and each list have been read once before, because the
 * first response of a new process takes 0.4 s, and the first of a list or of the version 0.1 s, for every client.
 */
export async function withServer<T>(servers: Servers, use: (server: PrefectServer) => Promise<T>): Promise<T> {
  const server = await servers.fresh()
  try {
    const bare = bareClient(server.url)
    for (const list of ['variables', 'flows', 'deployments']) await bare.send('POST', `/${list}/filter`, {})
    await bare.send('GET', '/admin/version')
    bare.close()
    return await use(server)
  } finally {
    await server.stop()
  }
}

/** Runs `use` with a temporary directory, and removes it afterwards. */
export async function inDirectory<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-bench-'))
  try {
    return await use(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
