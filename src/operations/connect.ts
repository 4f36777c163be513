import { type Client, openClient } from '../client/client.ts'
import type { Io } from '../commands/io.ts'
import type { Event, Server } from '../model.ts'
import { resolveConnection } from '../profile/profile.ts'

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
  /** Whether a credential is sent along. */
  readonly withCredentials: boolean
  /** Tells what the client does while it works. */
  listen(listener: (event: Event) => void): void
}

/** Opens the connection that a command line asks for, lets `use` work with it, and closes it in any case. */
export async function connected<T>(target: Target, context: Io, use: (connected: Connected) => Promise<T>): Promise<T> {
  const { connection, notes } = resolveConnection(target, { env: context.env, cwd: context.cwd, home: context.home })
  context.warn(notes)
  const listeners: ((event: Event) => void)[] = [context.onEvent]
  const on = (event: Event) => {
    for (const listener of listeners) listener(event)
  }
  context.onEvent({ type: 'phase', phase: 'connecting' })
  const client = openClient(connection, on, { version: context.version })
  try {
    const server = await client.server().catch((error: unknown) => {
      // What comes of the request names its path alone, and the URL may have been taken from somewhere unexpected.
      context.err(`Cannot work with the server at ${client.url}\n`)
      throw error
    })
    return await use({
      client,
      server,
      name: connection.name,
      withCredentials: connection.authorization !== undefined,
      listen: (listener) => void listeners.push(listener),
    })
  } finally {
    await client.close()
  }
}
