import type { IncomingMessage } from 'node:http'
import type { Account, Workspace } from './cloud-accounts.ts'
import { rateLimited } from './cloud-faults.ts'
import { type CloudKey, scopeRules } from './cloud-keys.ts'
import { type Answer, type CloudRequest, jsonAnswer, refusal } from './cloud-wire.ts'

/** What the stand-in consists of. */
interface Parts {
  readonly accounts: readonly Account[]
  readonly workspaces: readonly Workspace[]
  readonly keys: readonly CloudKey[]
  readonly foreign: 403 | 404
}

/** Where a request goes, before it is carried out. */
export interface Route {
  readonly request: CloudRequest
  readonly key: CloudKey | undefined
  /** The workspace of the URL, whether the key can see it or not. */
  readonly workspace: Workspace | undefined
  readonly place: 'workspace' | 'api'
}

/** Finds the route of a request, and carries it out. */
export function createRoutes(parts: Parts) {
  return {
    find: (incoming: IncomingMessage, body: Buffer) => findRoute(parts, incoming, body),
    carryOut: (route: Route) => carryOut(parts, route),
  }
}

function findRoute({ workspaces, keys }: Parts, incoming: IncomingMessage, body: Buffer): Route {
  const { method = 'GET', headers, url = '' } = incoming
  const [path = '', search = ''] = url.split('?')
  const query = new URLSearchParams(search)
  const key = keys.find(({ token }) => headers.authorization === `Bearer ${token}`)
  const [, account, id, rest] = /^\/api\/accounts\/([^/]+)\/workspaces\/([^/]+)(\/.*)?$/.exec(path) ?? []
  if (id === undefined) {
    const request = { method, path: path.replace(/^\/api(?=\/|$)/, ''), query, headers, body }
    return { request, key, workspace: undefined, place: 'api' }
  }
  const workspace = workspaces.find((one) => one.id === id && one.account.id === account)
  return { request: { method, path: rest ?? '/', query, headers, body }, key, workspace, place: 'workspace' }
}

const mostBytes = 5 * 1024 * 1024

async function carryOut(parts: Parts, { request, key, workspace, place }: Route): Promise<Answer> {
  const { method, headers, body } = request
  // A body without its length is refused, and so is one of more than 5 MiB [doc].
  if (/POST|PUT|PATCH/.test(method) && headers['content-length'] === undefined) return refusal(411, 'Length Required')
  if (body.length > mostBytes) return refusal(413, 'Request Entity Too Large')
  // Details of 401, 403 and 404 are [inferred].
  if (!key || key.expired) return refusal(401, 'Unauthorized')
  if (place === 'api') return accountRoute(parts, key, request)
  if (!workspace || workspace.deleted) return refusal(404, 'Workspace not found')
  if (!sees(key, workspace))
    return parts.foreign === 403 ? refusal(403, 'Forbidden') : refusal(404, 'Workspace not found')
  const waitMs = workspace.account.budget?.take(Date.now()) ?? 0
  if (waitMs > 0) return rateLimited(waitMs)
  return scopeRules(key)(request, (passed) => workspace.rules(passed, async () => refusal(404, 'Not Found')))
}

function sees({ workspaces }: CloudKey, { name }: Workspace): boolean {
  return workspaces === undefined || workspaces.includes(name)
}

/** The routes outside of workspaces; they cost nothing of a budget [inferred]. */
function accountRoute({ accounts, workspaces }: Parts, key: CloudKey, { method, path }: CloudRequest): Answer {
  if (method !== 'GET') return refusal(404, 'Not Found')
  const visible = workspaces.filter((one) => !one.deleted && sees(key, one))
  const [, first, id = '', rest] = path.replace(/\/$/, '').split('/')
  if (first === 'me' && id === 'workspaces') {
    if (rest === undefined) return jsonAnswer(200, visible.map(workspaceRow))
    const isScopes = path.replace(/\/$/, '').endsWith('/scopes')
    const seen = visible.some((one) => one.id === rest)
    return isScopes && seen ? jsonAnswer(200, key.shownScopes) : refusal(404, 'Workspace not found')
  }
  if (first === 'me' && id === 'accounts' && rest === undefined) {
    const own = accounts.filter((account) => visible.some((one) => one.account === account))
    return jsonAnswer(
      200,
      own.map((account) => ({ account_id: account.id, account_name: account.handle, account_handle: account.handle })),
    )
  }
  const account = accounts.find((one) => first === 'accounts' && one.id === id)
  if (!account) return refusal(404, 'Not Found')
  if (!key.readsAccount || !visible.some((one) => one.account === account)) return refusal(403, 'Forbidden')
  if (rest === undefined) return jsonAnswer(200, accountRow(account))
  return rest === 'usage_limits' ? jsonAnswer(200, account.shown) : refusal(404, 'Not Found')
}

/** A row of `/me/workspaces` [doc]. */
function workspaceRow({ id, handle, account }: Workspace) {
  return {
    account_id: account.id,
    account_name: account.handle,
    account_handle: account.handle,
    workspace_id: id,
    workspace_name: handle,
    workspace_description: '',
    workspace_handle: handle,
  }
}

/** `GET /accounts/{id}` [doc]; `/usage_limits` adds the rate. */
function accountRow({ id, handle, planType, shown }: Account) {
  const { orchestration_rate_limit: _, ...limits } = shown
  return { id, name: handle, handle, plan_type: planType, ...limits }
}
