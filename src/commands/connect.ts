import { type Client, openClient } from '../client/client.ts'
import type { Event, Server } from '../model.ts'
import { resolveConnection } from '../profile/profile.ts'
import { issuesText } from '../report/issues.ts'
import type { Io } from './io.ts'

/** Which server a command talks to. */
export interface Target {
  readonly profile?: string
  readonly apiUrl?: string
}

export interface Connected {
  readonly client: Client
  readonly server: Server
  /** The profile's name, where one says it. */
  readonly name: string | undefined
  /** Tells what the client does while it works. */
  listen(listener: (event: Event) => void): void
}

/** Opens the connection that a command line asks for, lets `use` work with it, and closes it in any case. */
export async function connected<T>(target: Target, io: Io, use: (connected: Connected) => Promise<T>): Promise<T> {
  const { connection, notes } = resolveConnection(target, { env: io.env, cwd: io.cwd, home: io.home })
  io.err(issuesText(notes, io.errStyle))
  const listeners = [(event: Event) => tell(event, io)]
  const on = (event: Event) => {
    for (const listener of listeners) listener(event)
  }
  const client = openClient(connection, on, { version: io.version })
  try {
    const server = await client.server()
    return await use({ client, server, name: connection.name, listen: (listener) => void listeners.push(listener) })
  } finally {
    await client.close()
  }
}

/** With --verbose, one line a request: no body, no header. */
export function tell(event: Event, io: Io): void {
  if (!io.verbose) return
  if (event.type === 'request')
    io.err(io.errStyle.dim(`${event.method} ${event.path} ${event.status} ${Math.round(event.ms)} ms\n`))
  if (event.type === 'retry')
    io.err(io.errStyle.dim(`${event.method} ${event.path} again in ${Math.round(event.waitMs)} ms: ${event.reason}\n`))
}
