import { randomUUID } from 'node:crypto'
import { freshServer, type PrefectServer, type ServerVersion } from '../../servers/servers.ts'
import { cloudAutomations } from './cloud-automations.ts'
import { deploymentFields } from './cloud-deployments.ts'
import { cloudKinds } from './cloud-kinds.ts'
import { type Budget, type RateOptions, rateBudget } from './cloud-rate.ts'
import { tagLimitRows } from './cloud-tag-limits.ts'
import { type Limits, type TierName, tierRules, tiers } from './cloud-tiers.ts'
import { type CloudRequest, forward, type Middleware, refusal } from './cloud-wire.ts'

/** An account: a tier, and a budget of requests for all of its workspaces. */
export interface AccountOptions {
  readonly handle: string
  /** By default `pro`. */
  readonly tier?: TierName
  /** Other limits than those of the tier; they are enforced. */
  readonly limits?: Partial<Limits>
  /** What `/accounts/{id}` says instead of the limits that are enforced, for limits that only a write reveals. */
  readonly shown?: Partial<Limits>
  /** Enforces a budget of requests. Without it, the rate of the tier is told, and not enforced. */
  readonly rate?: RateOptions
}

/** A workspace: a real server, started with the first request. */
export interface WorkspaceOptions {
  /** `account/handle`. */
  readonly name: string
  /** By default 3.8.8. */
  readonly version?: ServerVersion
  /** The API's URL of a server that the test has started, instead of one of its own. */
  readonly server?: string
  /** How tag limits are kept; which one Cloud does is unknown. By default as `tag:` rows of global limits, as servers do. */
  readonly tagLimits?: 'rows' | 'global'
}

export interface Account {
  readonly id: string
  readonly handle: string
  readonly planType: string
  readonly limits: Limits
  readonly shown: Limits
  readonly budget: Budget | undefined
}

export interface Workspace {
  readonly id: string
  readonly account: Account
  readonly handle: string
  /** `account/handle`. */
  readonly name: string
  /** The API's URL of the server behind it, without any rule of Cloud; starts the server. */
  server(): Promise<string>
  /** What a request that the key may make meets before the server. */
  readonly rules: Middleware
  stop(): Promise<void>
  deleted: boolean
}

export function makeAccount({ handle, tier = 'pro', limits = {}, shown = {}, rate }: AccountOptions): Account {
  const known = tiers[tier]
  const rateLimit = rate ? { orchestration_rate_limit: rate.perMinute } : {}
  const enforced = { ...known.limits, ...rateLimit, ...limits }
  return {
    id: randomUUID(),
    handle,
    planType: known.plan_type,
    limits: enforced,
    shown: { ...enforced, ...shown },
    budget: rate && rateBudget(rate),
  }
}

export function makeWorkspace(options: WorkspaceOptions, account: Account): Workspace {
  const { name, version = '3.8.8', tagLimits = 'global' } = options
  const id = randomUUID()
  let started: Promise<PrefectServer> | undefined
  const server = async () => {
    if (options.server !== undefined) return options.server
    started ??= freshServer(version)
    return (await started).url
  }
  return {
    id,
    account,
    name,
    handle: name.slice(name.indexOf('/') + 1),
    server,
    rules: chain([
      serverOnly,
      cloudKinds(account.id, id),
      ...(tagLimits === 'rows' ? [tagLimitRows()] : []),
      tierRules(account.limits, account.planType),
      deploymentFields(),
      cloudAutomations(),
      async (request) => forward(await server(), request),
    ]),
    stop: async () => (await started)?.stop(),
    deleted: false,
  }
}

/** What only a server has: its version, its settings, its default result storage; and CSRF [near-certain]. */
const serverOnly: Middleware = async (request, next) =>
  /^\/(admin|csrf-token)(\/|$)/.test(request.path) ? refusal(404, 'Not Found') : next(request)

/** One rule out of several, each of which passes on to the next. */
export function chain(rules: readonly Middleware[]): Middleware {
  const [first, ...rest] = rules
  if (!first) return (request, next) => next(request)
  const others = chain(rest)
  return (request, next) => first(request, (passed: CloudRequest) => others(passed, next))
}
