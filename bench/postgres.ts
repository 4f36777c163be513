import { execFile, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A PostgreSQL server on a free port of 127.0.0.1, with its data in a temporary directory. */
export interface Cluster {
  url(database: string): string
  createDatabase(name: string, template?: string): Promise<void>
  close(): Promise<void>
}

const run = promisify(execFile)
const debian = '/usr/lib/postgresql'

/** Starts a cluster with Debian's package; undefined if it is not installed. PostgreSQL refuses to run as root, so root runs it as `postgres`. */
export async function openCluster(): Promise<Cluster | undefined> {
  const bin = binaries()
  if (!bin) return undefined
  const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-postgres-'))
  chmodSync(dir, 0o755)
  const root = process.getuid?.() === 0
  const as = (file: string, args: string[]): [string, string[]] =>
    root ? ['runuser', ['-u', 'postgres', '--', file, ...args]] : [file, args]
  if (root) await run('chown', ['postgres', dir])
  const data = join(dir, 'data')
  await run(...as(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-sync']))
  const port = await freePort()
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: 200 }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(...as(join(bin, 'postgres'), ['-D', data, ...flags]), { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()))
  const end = () => void server.kill('SIGTERM')
  process.once('exit', end)
  const psql = (sql: string) =>
    run(join(bin, 'psql'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-qc', sql], { cwd: dir })
  await until(() => psql('select 1'))
  return {
    url: (database) => `postgresql+asyncpg://postgres@127.0.0.1:${port}/${database}`,
    createDatabase: async (name, template) => {
      // A server that was just stopped may still hold a connection to the template.
      await until(() => psql(`create database ${name}${template ? ` template ${template}` : ''}`))
    },
    close: async () => {
      process.removeListener('exit', end)
      // SIGINT: a fast shutdown, which does not wait for clients.
      if (root) await run('pkill', ['-INT', '-P', String(server.pid)]).catch(() => {})
      else server.kill('SIGINT')
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function binaries(): string | undefined {
  if (!existsSync(debian)) return undefined
  const versions = readdirSync(debian).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(debian, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')))
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function until(attempt: () => Promise<unknown>): Promise<void> {
  for (let left = 100; ; left--) {
    try {
      await attempt()
      return
    } catch (error) {
      if (left === 0) throw error
      await sleep(100)
    }
  }
}
