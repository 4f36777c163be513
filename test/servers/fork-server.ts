import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onJsonLines } from './json-lines.ts'

/** A process that has imported Prefect, and the Unix socket on which it forks servers (see fork_server.py). */
export interface ForkServer {
  readonly socket: string
  stop(): Promise<void>
}

/** How a server is started; `port` 0 means any free one. */
export interface Order {
  readonly home: string
  readonly port: number
  readonly services: boolean
  readonly env: Readonly<Record<string, string>>
}

/** A running server process. `exited` resolves when it has exited for any reason. */
export interface Fork {
  readonly port: number
  readonly exited: Promise<void>
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

const script = fileURLToPath(new URL('./fork_server.py', import.meta.url))

/**
 * Starts a fork server and waits until it has imported Prefect. It exits with this process for whatever reason, stops its servers
 * and removes the directory of its socket. It does not keep this process running.
 */
export async function spawnForkServer(python: string): Promise<ForkServer> {
  const root = await mkdtemp(join(tmpdir(), 'prefect-snapshot-'))
  // A process group of its own: Ctrl-C reaches only this process, which then stops it gracefully.
  const child = spawn(python, ['-B', script, root], { cwd: root, env: ownEnv(root), stdio: 'pipe', detached: true })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4000)
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const ready = new Promise<boolean>((resolve) => {
    child.stdout.once('data', () => resolve(true))
    child.once('error', () => resolve(false))
    child.once('close', () => resolve(false))
  })
  if (!(await ready)) {
    await rm(root, { recursive: true, force: true })
    throw new Error(`Prefect cannot be imported by ${python}:\n${errors.trim()}`)
  }
  child.unref()
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as { unref(): void }).unref()
  return {
    socket: join(root, 'socket'),
    stop: () => {
      child.ref()
      child.stdin.end()
      return ended
    },
  }
}

/** Isolates test servers from the caller's Prefect settings. */
function ownEnv(root: string): NodeJS.ProcessEnv {
  const env = Object.entries(process.env).filter(([name]) => !/^PREFECT_/i.test(name))
  return {
    ...Object.fromEntries(env),
    HOME: root,
    PREFECT_HOME: join(root, 'preload'),
    PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
    PREFECT_SERVER_UI_ENABLED: 'false',
    PREFECT_UI_ENABLED: 'false',
    // 3.4 looks for the memo in the home directory of the preloaded process, and logs an error.
    PREFECT_MEMOIZE_BLOCK_AUTO_REGISTRATION: 'false',
    DO_NOT_TRACK: '1',
  }
}

/** Makes a fork server start one server, which exits with the connection, and so with this process at the latest. */
export function fork(socketPath: string, order: Order): Promise<Fork> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath)
    const exited = new Promise<void>((end) => socket.once('close', () => end()))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('The fork server has gone')))
    onJsonLines(socket, (message) => {
      if ('exit' in message) socket.end()
      if ('error' in message) {
        socket.end()
        reject(new Error(`The server cannot start: ${message.error}`))
      }
      if (typeof message.port !== 'number') return
      socket.unref()
      const stop = async (signal: string) => {
        socket.ref()
        if (socket.writable) socket.write(`${JSON.stringify({ stop: signal })}\n`)
        await exited
      }
      resolve({ port: message.port, exited, stop })
    })
    socket.write(`${JSON.stringify(order)}\n`)
  })
}
