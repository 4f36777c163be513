import { answerTable, type UnknownFields } from '../answers/answer-table.ts'
import { ApiError, type Client, openClient, toIssue } from '../client/client.ts'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import { type ReadOptions, readLive } from '../live/read-live.ts'
import type { Event, Live, Server } from '../model.ts'
import { resolveConnection } from '../profile/profile.ts'
import { rateLimitOf } from './account-rate.ts'
import { readScopes } from './cloud-scopes.ts'
import { type CloudWorkspace, placeInCloud, workspaceName } from './cloud-workspaces.ts'

/** The server of an operation; by default that of the active profile. */
export interface Target {
  /** A profile of Prefect's profiles.toml. */
  readonly profile?: string
  /** URL of an API; credentials come from the environment. */
  readonly apiUrl?: string
  /** `account/handle` of a workspace of Prefect Cloud, or its IDs; by default that of the URL. */
  readonly workspace?: string
}

/** An open connection to a server. */
export interface OpenConnection {
  readonly client: Client
  readonly server: Server
  /** The name of the profile, if the connection comes from one. */
  readonly name: string | undefined
  /** The workspace, if the server is Prefect Cloud and tells which one it is. */
  readonly workspace: CloudWorkspace | undefined
  /** The scopes of the key in the workspace; undefined if they are not known. */
  scopes(): Promise<readonly string[] | undefined>
  /** Only one for writing may be written to. */
  readonly purpose: Purpose
  /** The fields of the objects that were read since the last call that no kind knows. */
  unknownFields(): readonly UnknownFields[]
  /** Whether requests contain credentials. */
  readonly withCredentials: boolean
  /** Calls the listener for every event of the client. */
  listen(listener: (event: Event) => void): void
}

/** What a connection is for: reading resources for a snapshot, comparing, or writing. */
type Purpose = 'export' | 'compare' | 'write'

/** The server of an operation, and what it does there. */
interface TargetFor extends Target {
  readonly purpose?: Purpose
}

/** The server of an operation that writes, unless it is a dry run. */
export function toWrite(request: Target & { readonly dryRun?: boolean }): TargetFor {
  const { profile, apiUrl, workspace, dryRun } = request
  const target = {
    ...(profile === undefined ? {} : { profile }),
    ...(apiUrl === undefined ? {} : { apiUrl }),
    ...inWorkspace(workspace),
  }
  return { ...target, purpose: dryRun ? 'compare' : 'write' }
}

/** The part of a target that names a workspace. */
export function inWorkspace(workspace: string | undefined): Pick<Target, 'workspace'> {
  return workspace === undefined ? {} : { workspace }
}

/**
 * Opens a connection for `use`, and always closes it afterwards. Throws `Failure` before the first request if it is for
 * writing, and files that nobody named decide about a server that was chosen by name.
 */
export async function withConnection<T>(
  { purpose = 'compare', ...target }: TargetFor,
  context: Context,
  use: (connected: OpenConnection) => Promise<T>,
): Promise<T> {
  const { env, cwd, home, trust, version, serverTimeoutMs } = context
  const {
    connection: resolved,
    notes,
    unsafe,
  } = resolveConnection(target, { env, cwd, home, ...(trust ? { trust } : {}) })
  if (purpose === 'write' && unsafe.length > 0)
    throw new Failure(unsafe.map((issue) => ({ ...issue, severity: 'error' })))
  warn(context, notes)
  const listeners: ((event: Event) => void)[] = [context.onEvent]
  const on = (event: Event) => {
    for (const listener of listeners) listener(event)
  }
  context.onEvent({ type: 'phase', phase: 'connecting' })
  const { connection, workspace } = await placeInCloud(resolved, target.workspace, context)
  const answers = answerTable(context.kinds)
  const client = openClient(connection, on, {
    version,
    signal: context.signal,
    answers,
    rate: rateLimitOf(connection, context),
    ...(serverTimeoutMs === undefined ? {} : { serverTimeoutMs }),
  })
  try {
    const server = await client.server().catch((error: unknown) => {
      throw withUrl(error, client.url)
    })
    const profile = connection.name === undefined ? {} : { profile: connection.name }
    context.onEvent({
      type: 'connected',
      url: server.url,
      version: server.version,
      ...profile,
      ...(workspace ? { workspace: workspaceName(workspace) } : {}),
      reading: purpose === 'export',
    })
    return await use({
      client,
      server,
      name: connection.name,
      workspace,
      scopes: async () => workspace && readScopes(connection, workspace, context),
      purpose,
      unknownFields: answers.unknownFields,
      withCredentials: connection.authorization !== undefined,
      listen: (listener) => void listeners.push(listener),
    })
  } catch (error) {
    // Other lists may still be on their way, and without end.
    client.drop()
    throw error
  } finally {
    await client.close()
  }
}

/** Reads the resources of a server and emits the phase; all of them, unless `options` restricts them. */
export async function readResources(
  { client, server, unknownFields }: OpenConnection,
  { kinds, onEvent }: Context,
  options: Omit<ReadOptions, 'on'> = {},
): Promise<Live> {
  onEvent({ type: 'phase', phase: 'reading' })
  const live = await readLive(client, server, kinds, { ...options, on: onEvent })
  for (const unknown of unknownFields()) onEvent({ type: 'unknown-fields', ...unknown })
  return live
}

/** Emits warnings, if there are any. */
export function warn({ onEvent }: Context, issues: readonly Issue[]): void {
  if (issues.length > 0) onEvent({ type: 'warning', issues })
}

/** Adds the URL to an error, whose message contains only the path: the URL may come from an unexpected source. */
function withUrl(error: unknown, url: string): unknown {
  if (!(error instanceof ApiError)) return error
  const issue = toIssue(error)
  return new Failure([{ ...issue, message: `Cannot use the server at ${url}: ${issue.message}` }])
}
