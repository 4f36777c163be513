import { type AddressInfo, connect, createServer } from 'node:net'
import { onJsonLines } from './json-lines.ts'
import type { ServerVersion } from './venv.ts'

/** The environment variable with the broker's port on 127.0.0.1, for the processes that vitest's main process starts. */
const variable = 'PREFECT_SNAPSHOT_TEST_BROKER'

/** Starts the fork server of a version, at its first use. */
export type Opener = (version: ServerVersion) => Promise<{ readonly socket: string; stop(): Promise<void> }>

/** Gives processes that inherit this environment the socket of the shared fork server of a version. */
export async function startBroker(open: Opener): Promise<{ stop(): Promise<void> }> {
  const opened = new Map<string, ReturnType<Opener>>()
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    onJsonLines(socket, (message) => {
      const version = message.version as ServerVersion
      const fleet = opened.get(version) ?? open(version)
      opened.set(version, fleet)
      fleet.then(
        (ready) => socket.end(`${JSON.stringify({ socket: ready.socket })}\n`),
        (error: Error) => socket.end(`${JSON.stringify({ error: error.message })}\n`),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  process.env[variable] = String((server.address() as AddressInfo).port)
  const stop = async () => {
    delete process.env[variable]
    server.close()
    await Promise.allSettled([...opened.values()].map(async (fleet) => (await fleet).stop()))
  }
  return { stop }
}

/** The fork server's socket, from the broker; undefined if no broker runs. */
export function socketOf(version: ServerVersion): Promise<string | undefined> {
  const port = process.env[variable]
  if (port === undefined) return Promise.resolve(undefined)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('The broker of the test servers has gone')))
    onJsonLines(socket, (message) => {
      if (typeof message.socket === 'string') resolve(message.socket)
      else reject(new Error(String(message.error)))
    })
    socket.write(`${JSON.stringify({ version })}\n`)
  })
}
