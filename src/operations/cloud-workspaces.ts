import { ApiError, type Client, openClient, toIssue } from '../client/client.ts'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import { isObject, type Json } from '../json.ts'
import { partsOfCloudUrl, workspaceUrl } from '../profile/cloud-url.ts'
import type { Connection } from '../profile/connection.ts'
import { suggest } from '../suggest.ts'

/** A workspace of Prefect Cloud. */
export interface CloudWorkspace {
  readonly accountId: string
  /** The handle of the account. */
  readonly account: string
  readonly id: string
  readonly handle: string
}

/** A connection to a workspace, and what is known of it. */
export interface Placed {
  readonly connection: Connection
  /** Undefined for a self-hosted server, and where Cloud does not tell which workspaces there are. */
  readonly workspace?: CloudWorkspace
}

/** `account/handle`, as the user writes it. */
export function workspaceName({ account, handle }: CloudWorkspace): string {
  return `${account}/${handle}`
}

/** Opens a client for what is above workspaces: `/me` and `/accounts`. The caller closes it. */
export function openCloudClient(
  connection: Connection,
  { version, signal, onEvent, serverTimeoutMs }: Context,
): Client {
  const url = partsOfCloudUrl(connection.url).base
  const patience = serverTimeoutMs === undefined ? {} : { serverTimeoutMs }
  return openClient({ ...connection, url }, onEvent, { version, signal, ...patience })
}

/**
 * Completes a connection to Prefect Cloud: looks up `wanted`, or checks that the key can see the workspace of the URL.
 * Throws `Failure` if it is refused, each reason with its own sentence. Sends nothing to a self-hosted server.
 */
export async function placeInCloud(
  connection: Connection,
  wanted: string | undefined,
  context: Context,
): Promise<Placed> {
  if (!connection.cloud) {
    if (wanted !== undefined) throw notCloud(connection, wanted)
    return { connection }
  }
  const client = openCloudClient(connection, context)
  try {
    const visible = await visibleWorkspaces(client)
    if (wanted !== undefined) return at(connection, chosen(visible, wanted, client.url))
    const { accountId, workspaceId } = partsOfCloudUrl(connection.url)
    if (accountId === undefined || workspaceId === undefined) throw noWorkspace(connection, visible ?? [], accountId)
    if (!visible) return { connection }
    const workspace = visible.find(({ id }) => id === workspaceId)
    if (workspace) return { connection, workspace }
    await tryUnlisted(connection, visible, context)
    return { connection }
  } finally {
    await client.close()
  }
}

/** The workspaces that the key of a connection can see. Throws `Failure` if `wanted`, for messages, cannot be looked up. */
export async function listWorkspaces(
  connection: Connection,
  wanted: string,
  context: Context,
): Promise<readonly CloudWorkspace[]> {
  if (!connection.cloud) throw notCloud(connection, wanted)
  const client = openCloudClient(connection, context)
  try {
    const visible = await visibleWorkspaces(client)
    if (!visible) throw notTold(wanted, client.url)
    return visible
  } finally {
    await client.close()
  }
}

/** The URL of a workspace's API, of the same Cloud as that of a connection. */
export function urlOfWorkspace(connection: Connection, workspace: CloudWorkspace): string {
  return at(connection, workspace).connection.url
}

function at(connection: Connection, workspace: CloudWorkspace): Placed {
  const { base } = partsOfCloudUrl(connection.url)
  return { connection: { ...connection, url: workspaceUrl(base, workspace.accountId, workspace.id) }, workspace }
}

/** The workspaces that the key can see; undefined if Cloud does not tell. Throws if it rejects the key. */
async function visibleWorkspaces(client: Client): Promise<readonly CloudWorkspace[] | undefined> {
  const answer = await client.get('/me/workspaces').catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error
    // A gateway in front of Cloud may let only workspaces through.
    if ([403, 404, 405].includes(error.status ?? 0)) return null
    throw withPlace(error, client.url)
  })
  return Array.isArray(answer) ? answer.flatMap(workspaceOf) : undefined
}

function workspaceOf(row: Json): CloudWorkspace[] {
  if (!isObject(row)) return []
  const { account_id: accountId, account_handle: account, workspace_id: id, workspace_handle: handle } = row
  const isWhole = [accountId, account, id, handle].every((value) => typeof value === 'string')
  return isWhole ? [{ accountId, account, id, handle } as unknown as CloudWorkspace] : []
}

/** The only workspace that a name means: `account/handle`, a handle alone, or IDs in their places. */
function chosen(visible: readonly CloudWorkspace[] | undefined, wanted: string, url: string): CloudWorkspace {
  const [first = '', second] = wanted.split('/')
  const [account, workspace] = second === undefined ? [undefined, first] : [first, second]
  if (!visible) {
    const isIds = account !== undefined && [account, workspace].every((part) => uuid.test(part))
    if (isIds) return { accountId: account, account, id: workspace, handle: workspace }
    throw notTold(wanted, url)
  }
  const found = visible.filter(
    (one) =>
      (one.handle === workspace || one.id === workspace) &&
      (account === undefined || one.account === account || one.accountId === account),
  )
  const [only] = found
  if (!only) throw unknownName(wanted, visible)
  if (found.length > 1) throw ambiguous(wanted, found)
  return only
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Asks a workspace that is not listed for something: its answer says whether it exists, if it is not there after all. */
async function tryUnlisted(
  connection: Connection,
  visible: readonly CloudWorkspace[],
  { kinds, version, signal, onEvent }: Context,
): Promise<void> {
  const { url } = connection
  const client = openClient(connection, onEvent, { version, signal })
  try {
    // The names of one kind, of which there is none without a name.
    await kinds[0]?.list(client, { url, version: 'cloud' }, new Set(['']))
  } catch (error) {
    const status = error instanceof ApiError ? error.status : undefined
    if (status === 403) throw noAccess(connection, visible)
    if (status === 404) throw noSuchWorkspace(connection, visible)
    throw error instanceof ApiError ? withPlace(error, url) : error
  } finally {
    await client.close()
  }
}

/** Adds the URL to an error, whose message contains only the path. */
function withPlace(error: ApiError, url: string): Failure {
  const issue = toIssue(error)
  return new Failure([{ ...issue, message: `Cannot use Prefect Cloud at ${url}: ${issue.message}` }])
}

function failure(code: Issue['code'], message: string, fix: string): Failure {
  return new Failure([{ code, severity: 'error', message, fix }])
}

/** The most workspaces in one message. */
const most = 20

/** The workspaces as a sentence. */
function listText(workspaces: readonly CloudWorkspace[]): string {
  if (workspaces.length === 0) return 'The key can see no workspace.'
  const more = workspaces.length > most ? ` and ${workspaces.length - most} more` : ''
  return `The key can see ${workspaces.slice(0, most).map(workspaceName).join(', ')}${more}.`
}

/** What to pass, ready to paste. */
function pasteText(workspaces: readonly CloudWorkspace[]): string {
  if (workspaces.length === 0) return 'Ask an administrator of the account to give the key access to a workspace.'
  const [only, ...others] = workspaces.slice(0, most).map((one) => `--workspace ${workspaceName(one)}`)
  return others.length === 0 ? `Pass ${only}.` : `Pass one of: ${[only, ...others].join(', ')}.`
}

function notCloud({ url }: Connection, wanted: string): Failure {
  const message = `--workspace ${wanted} names a workspace of Prefect Cloud, and ${url} is a self-hosted server, which has no workspaces.`
  const fix =
    'Omit --workspace, or select a profile of Prefect Cloud. PREFECT_CLOUD_API_URL names a Cloud with another address.'
  return failure('usage', message, fix)
}

function noWorkspace({ url }: Connection, visible: readonly CloudWorkspace[], accountId: string | undefined): Failure {
  const own = visible.filter((one) => accountId === undefined || one.accountId === accountId)
  const listed = own.length > 0 ? own : visible
  return failure(
    'unnamed-workspace',
    `${url} names no workspace of Prefect Cloud. ${listText(listed)}`,
    pasteText(listed),
  )
}

function noAccess({ url }: Connection, visible: readonly CloudWorkspace[]): Failure {
  const message = `The key has no access to the workspace ${url}. ${listText(visible)}`
  return failure('permission-denied', message, `Use a key of the workspace. ${pasteText(visible)}`)
}

/** Cloud may say the same of a workspace of somebody else. */
function noSuchWorkspace({ url }: Connection, visible: readonly CloudWorkspace[]): Failure {
  const message = `There is no workspace ${url}, or it is hidden from the key. ${listText(visible)}`
  return failure('no-workspace', message, pasteText(visible))
}

/** The failure if no workspace has a name, or matches a pattern. */
export function unknownName(wanted: string, visible: readonly CloudWorkspace[]): Failure {
  const close = suggest(wanted, [...visible.map(workspaceName), ...visible.map(({ handle }) => handle)])
  const guess = close === undefined ? '' : ` Did you mean ${close}?`
  const message = `There is no workspace ${wanted}, or it is hidden from the key.${guess} ${listText(visible)}`
  return failure('no-workspace', message, pasteText(visible))
}

function ambiguous(wanted: string, found: readonly CloudWorkspace[]): Failure {
  const names = found.map(workspaceName).join(', ')
  return failure('no-workspace', `Several workspaces are called ${wanted}: ${names}.`, pasteText(found))
}

function notTold(wanted: string, url: string): Failure {
  const message = `${url}/me/workspaces does not tell which workspaces there are, so ${wanted} cannot be looked up.`
  return failure('no-workspace', message, 'Pass the IDs instead: --workspace ACCOUNT-ID/WORKSPACE-ID.')
}
