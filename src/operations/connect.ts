import { type AnswerTable, answerTable } from '../answers/answer-table.ts'
import { ApiError, type Client, openClient, toIssue } from '../client/client.ts'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { quotaUse } from '../live/quota-use.ts'
import { type ReadOptions, readLive } from '../live/read-live.ts'
import type { Event, Live, Resource, Server, Tier } from '../model.ts'
import { resolveConnection } from '../profile/profile.ts'
import { rateLimitOf } from './account-rate.ts'
import { tierOf } from './account-tier.ts'
import { type Audited, auditServer, gapsIssue, withAnswers, withUnknown } from './audit-server.ts'
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
  /** What the objects that were read have and no kind knows. */
  readonly answers: Pick<AnswerTable, 'unknownFields' | 'unknownIn'>
  /** What the server's own API document has and no kind knows; asked for once, by the first call. */
  audit(): Promise<Audited>
  /** Whether a warning was not given before on this connection. */
  isFirst(message: string): boolean
  /** Whether requests contain credentials. */
  readonly withCredentials: boolean
  /** The tier of its account, read for what is compared or written; undefined if it is unknown, or not of Prefect Cloud. */
  readonly tier: Promise<Tier | undefined>
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
  const found = resolveConnection(target, { env, cwd, home, ...(trust ? { trust } : {}) })
  const { notes, unsafe } = found
  if (purpose === 'write' && unsafe.length > 0)
    throw new Failure(unsafe.map((issue) => ({ ...issue, severity: 'error' })))
  warn(context, notes)
  const listeners: ((event: Event) => void)[] = [context.onEvent]
  const on = (event: Event) => {
    for (const listener of listeners) listener(event)
  }
  context.onEvent({ type: 'phase', phase: 'connecting' })
  const { connection, workspace } = await placeInCloud(found.connection, target.workspace, context)
  const answers = answerTable(context.kinds)
  const rate = rateLimitOf(connection, context)
  const client = openClient(connection, on, {
    version,
    signal: context.signal,
    answers,
    rate,
    ...(serverTimeoutMs === undefined ? {} : { serverTimeoutMs }),
  })
  const tier = purpose === 'export' ? Promise.resolve(undefined) : tierOf(connection, rate, context)
  try {
    const server = await serverOf(client)
    context.onEvent({
      type: 'connected',
      url: server.url,
      version: server.version,
      ...(connection.name === undefined ? {} : { profile: connection.name }),
      ...(workspace ? { workspace: workspaceName(workspace) } : {}),
      reading: purpose === 'export',
    })
    return await use({
      client,
      tier,
      server,
      name: connection.name,
      workspace,
      scopes: async () => workspace && readScopes(connection, workspace, context),
      purpose,
      answers,
      ...auditOnce(client, server, context),
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

/** What asks the server for its API document, once, and what tells which warnings were given before. */
function auditOnce(client: Client, server: Server, { kinds }: Context): Pick<OpenConnection, 'audit' | 'isFirst'> {
  let audited: Promise<Audited> | undefined
  const given = new Set<string>()
  return {
    audit: () => {
      audited ??= auditServer(client, server, kinds)
      return audited
    },
    isFirst: (message) => given.size < given.add(message).size,
  }
}

/** Reads the resources of a server like `readAudited`, and warns of what it has that this version of the tool does not know. */
export async function readResources(
  connection: OpenConnection,
  context: Context,
  options: Omit<ReadOptions, 'on'> = {},
): Promise<Live> {
  const { live, audited } = await readAudited(connection, context, options)
  const issue = gapsIssue(live.server, audited, connection.client)
  if (issue && connection.isFirst(issue.message)) warn(context, [issue])
  return live
}

/**
 * Reads the resources of a server and emits the phase; all of them, unless `options` restricts them. Compares the API of the
 * server meanwhile.
 */
export async function readAudited(
  connection: OpenConnection,
  context: Context,
  options: Omit<ReadOptions, 'on'> = {},
): Promise<{ readonly live: Live; readonly audited: Audited }> {
  const { client, server, answers } = connection
  const { kinds, onEvent } = context
  onEvent({ type: 'phase', phase: 'reading' })
  const asked = connection.audit()
  const read = await readLive(client, server, kinds, { ...options, on: onEvent })
  const live = await withTier(read, connection, kinds, options.wanted)
  const unknown = answers.unknownFields()
  for (const { kind, fields, carried } of unknown) {
    const lost = Object.entries(fields).filter(([name]) => !carried.includes(name))
    if (lost.length > 0) onEvent({ type: 'unknown-fields', kind, fields: Object.fromEntries(lost) })
  }
  const audited = withAnswers(await asked, unknown)
  return { live: withUnknown(live, audited, kinds, answers.unknownIn), audited }
}

/** What was read, with the tier of the account and how much of it is used. */
async function withTier(
  live: Live,
  { client, tier: reading }: OpenConnection,
  kinds: readonly Kind[],
  wanted: readonly Resource[] | undefined,
): Promise<Live> {
  const tier = await reading
  if (!tier) return live
  const used = await quotaUse(client, live, kinds, tier, wanted)
  return { ...live, server: { ...live.server, tier: { ...tier, used } } }
}

/** Emits warnings, if there are any. */
export function warn({ onEvent }: Context, issues: readonly Issue[]): void {
  if (issues.length > 0) onEvent({ type: 'warning', issues })
}

async function serverOf(client: Client): Promise<Server> {
  return client.server().catch((error: unknown) => {
    throw withUrl(error, client.url)
  })
}

/** Adds the URL to an error, whose message contains only the path: the URL may come from an unexpected source. */
function withUrl(error: unknown, url: string): unknown {
  if (!(error instanceof ApiError)) return error
  const issue = toIssue(error)
  return new Failure([{ ...issue, message: `Cannot use the server at ${url}: ${issue.message}` }])
}
