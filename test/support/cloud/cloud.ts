import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Account,
  type AccountOptions,
  makeAccount,
  makeWorkspace,
  type Workspace,
  type WorkspaceOptions,
} from './cloud-accounts.ts'
import { makeCertificate } from './cloud-certificate.ts'
import { answerInstead, type CloudFault, type FaultPlace, faultQueue, sendAnswer } from './cloud-faults.ts'
import { type CloudKey, type KeyOptions, makeKey, ownerScopes, viewerScopes } from './cloud-keys.ts'
import { createRoutes } from './cloud-routes.ts'
import { type Answer, receive } from './cloud-wire.ts'

export type { AccountOptions, WorkspaceOptions } from './cloud-accounts.ts'
export type { CloudFault, FaultPlace } from './cloud-faults.ts'
export { ownerScopes, secretsScope, viewerScopes } from './cloud-keys.ts'

/** How a stand-in for Prefect Cloud is set up. */
export interface CloudOptions {
  /** The workspaces; those of an account that `accounts` does not name belong to a pro account without a budget. */
  readonly workspaces: readonly WorkspaceOptions[]
  readonly accounts?: readonly AccountOptions[]
  /** Keys by name; by default `owner`, which may do everything everywhere. */
  readonly keys?: Readonly<Record<string, KeyOptions>>
  /** The answer for a workspace that the key cannot see: 403 or 404, which is unknown. By default 403. */
  readonly foreign?: 403 | 404
  /** Milliseconds before each request is carried out. */
  readonly latencyMs?: number
  /** Serves https with a certificate of its own authority. */
  readonly tls?: boolean
}

/** A request that the stand-in received. */
export interface CloudCall {
  readonly method: string
  /** Below the workspace, or below `/api`; without the query. */
  readonly path: string
  /** 0 if the connection was closed without an answer. */
  readonly status: number
  /** `account/handle` of the workspace that the request is for, if there is one. */
  readonly workspace: string | undefined
  /** The name of its key; undefined if it is unknown. */
  readonly key: string | undefined
  /** Milliseconds since 1970 at which the request had been received, and its answer began. */
  readonly at: number
  readonly answeredAt: number
}

/** A stand-in for Prefect Cloud on 127.0.0.1, with a real server behind each workspace. */
export interface Cloud {
  /** Base of the API, `http://127.0.0.1:PORT/api`. */
  readonly url: string
  /** What makes Prefect's client and this tool take it for Cloud: PREFECT_CLOUD_API_URL, and the authority with `tls`. */
  readonly env: Readonly<Record<string, string>>
  /** The token of a key. */
  key(name?: string): string
  /** URL of a workspace's API, or of one that does not exist. */
  workspaceUrl(name: string): string
  /** The id of a workspace. */
  workspaceId(name: string): string
  accountId(handle: string): string
  /** URL of the real server behind a workspace, for a look past every rule of Cloud; starts it. */
  serverUrl(name: string): Promise<string>
  /** Profiles for Prefect's profiles.toml, as `prefect cloud login` writes them [client]: workspace, and name of the key. */
  profiles(wanted: Readonly<Record<string, { readonly workspace?: string; readonly key?: string }>>): string
  /** Every request since the last `clear`. */
  readonly calls: readonly CloudCall[]
  clear(): void
  /** Lets a request fail, or several. */
  fail(fault: CloudFault, place?: FaultPlace): void
  /** Forgets the faults that wait; what is expired or deleted stays so. */
  heal(): void
  /** From now on, or no longer. */
  setExpired(key: string, expired?: boolean): void
  /** By default all. */
  setScopes(key: string, scopes?: readonly string[]): void
  setDeleted(workspace: string, deleted?: boolean): void
  setLatency(ms: number): void
  close(): Promise<void>
}

const nowhere = '00000000-0000-4000-8000-000000000000'

/**
 * Opens a stand-in for Prefect Cloud. Rules are marked in the descriptions here by how certain they are: [doc] Cloud's OpenAPI
 * document or Prefect's documentation, [client] Prefect's client, its tests or the Terraform provider, [inferred] nobody
 * says so, in which case tests try both.
 */
export async function openCloud(options: CloudOptions): Promise<Cloud> {
  const { accounts, workspaces, keys } = setUp(options)
  const faults = faultQueue()
  const calls: CloudCall[] = []
  let latencyMs = options.latencyMs ?? 0
  const routes = createRoutes({ accounts, workspaces, keys, foreign: options.foreign ?? 403 })
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    // A client that was killed during a request gets no response.
    const body = await receive(incoming).catch(() => undefined)
    if (!body) return void incoming.socket.destroy()
    const route = routes.find(incoming, body)
    const { method, path } = route.request
    const at = Date.now()
    const record = (status: number) => {
      const [workspace, key] = [route.workspace?.name, route.key?.name]
      calls.push({ method, path, status, workspace, key, at, answeredAt: Date.now() })
    }
    const fault = faults.of(`${method} ${path}`)
    if (latencyMs > 0) await sleep(latencyMs)
    if (fault === 'expired-key' && route.key) route.key.expired = true
    if (fault === 'demoted-key' && route.key)
      Object.assign(route.key, { scopes: viewerScopes, shownScopes: viewerScopes })
    if (fault === 'deleted-workspace' && route.workspace) route.workspace.deleted = true
    if (fault === 'lost-request') {
      record(0)
      return void outgoing.destroy()
    }
    const answer = answerInstead(fault) ?? (await routes.carryOut(route).catch((): Answer | undefined => undefined))
    record(answer && fault !== 'lost-answer' ? answer.status : 0)
    if (!answer) return void outgoing.destroy()
    await sendAnswer(outgoing, answer, fault)
  }
  const certificate = options.tls ? await makeCertificate() : undefined
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void handle(incoming, outgoing)
  const server = certificate ? createHttpsServer(certificate, listener) : createHttpServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `${certificate ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}/api`
  const workspaceUrl = (name: string) => urlOf(url, name, accounts, workspaces)
  const ca = certificate ? { PREFECT_API_SSL_CERT_FILE: certificate.caFile } : {}
  const named = (name: string) => existing(workspaces, ({ name: own }) => own === name, name)
  const key = (name = Object.keys(options.keys ?? {})[0] ?? 'owner') => existing(keys, (one) => one.name === name, name)
  return {
    url,
    env: { PREFECT_CLOUD_API_URL: url, ...ca },
    key: (name) => key(name).token,
    workspaceUrl,
    workspaceId: (name) => named(name).id,
    accountId: (handle) => existing(accounts, (one) => one.handle === handle, handle).id,
    serverUrl: (name) => named(name).server(),
    profiles: (wanted) =>
      Object.entries(wanted)
        .map(([name, { workspace, key: keyName }]) => {
          const at = workspace === undefined ? url : workspaceUrl(workspace)
          return `[profiles.${name}]\nPREFECT_API_URL = "${at}"\nPREFECT_API_KEY = "${key(keyName).token}"\n`
        })
        .join('\n'),
    calls,
    clear: () => void calls.splice(0),
    fail: faults.add,
    heal: faults.clear,
    setExpired: (name, expired = true) => {
      key(name).expired = expired
    },
    setScopes: (name, scopes = ownerScopes) => {
      Object.assign(key(name), { scopes, shownScopes: scopes })
    },
    setDeleted: (name, deleted = true) => {
      named(name).deleted = deleted
    },
    setLatency: (ms) => {
      latencyMs = ms
    },
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await Promise.all(workspaces.map((one) => one.stop()))
    },
  }
}

function setUp(options: CloudOptions) {
  const handles = new Set(options.workspaces.map(({ name }) => name.slice(0, name.indexOf('/'))))
  const described = new Map((options.accounts ?? []).map((one) => [one.handle, one]))
  const accounts = [...new Set([...described.keys(), ...handles])].map((handle) =>
    makeAccount(described.get(handle) ?? { handle }),
  )
  const workspaces = options.workspaces.map((one) => {
    const handle = one.name.slice(0, one.name.indexOf('/'))
    return makeWorkspace(
      one,
      existing(accounts, (account) => account.handle === handle, handle),
    )
  })
  const keys = Object.entries(options.keys ?? { owner: {} }).map(([name, key]) => makeKey(name, key))
  return { accounts, workspaces, keys } satisfies {
    accounts: readonly Account[]
    workspaces: readonly Workspace[]
    keys: readonly CloudKey[]
  }
}

function urlOf(base: string, name: string, accounts: readonly Account[], workspaces: readonly Workspace[]): string {
  const workspace = workspaces.find((one) => one.name === name)
  const account = workspace?.account ?? accounts.find(({ handle }) => name.startsWith(`${handle}/`))
  return `${base}/accounts/${account?.id ?? nowhere}/workspaces/${workspace?.id ?? nowhere}`
}

function existing<T>(of: readonly T[], is: (one: T) => boolean, name: string): T {
  const found = of.find(is)
  if (found === undefined) throw new Error(`The stand-in has no ${name}.`)
  return found
}
