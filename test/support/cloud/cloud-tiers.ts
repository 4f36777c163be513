import { type Answer, type CloudRequest, type Fields, fieldsOf, type Middleware, refusal } from './cloud-wire.ts'

/** The limits of an account, named as in `GET /accounts/{id}` and `/accounts/{id}/usage_limits` [doc]; null is no limit. */
export interface Limits {
  readonly max_deployments_per_workspace: number | null
  /** Work pools of all types [inferred]. */
  readonly work_pool_limit: number | null
  /** Work pools that are not managed [inferred]; 0 for Hobby [inferred]. */
  readonly non_mex_work_pool_limit: number | null
  readonly automations_limit: number | null
  readonly orchestration_rate_limit: number | null
}

/** The tiers with the rates that Prefect documents [doc]; the five deployments of Hobby are [doc], its other limits [inferred]. */
export const tiers = {
  hobby: tier('HOBBY', 625, { max_deployments_per_workspace: 5, non_mex_work_pool_limit: 0, automations_limit: 5 }),
  starter: tier('STARTER', 1250, { max_deployments_per_workspace: 20 }),
  team: tier('TEAM', 2500),
  pro: tier('PRO', 5000),
  enterprise: tier('ENTERPRISE', null),
} as const

export type TierName = keyof typeof tiers

/** The values of `plan_type` are [inferred]. */
function tier(plan_type: string, rate: number | null, limits: Partial<Limits> = {}) {
  const none = {
    max_deployments_per_workspace: null,
    work_pool_limit: null,
    non_mex_work_pool_limit: null,
    automations_limit: null,
  }
  return { plan_type, limits: { ...none, orchestration_rate_limit: rate, ...limits } as Limits }
}

const isManaged = (type: unknown) => String(type).endsWith(':managed')

/**
 * Refuses what a tier does not have, with 403 and a sentence [client: tests]: pools of a type that it does not support, and
 * more deployments, pools or automations than it allows. Updates are never refused.
 */
export function tierRules(limits: Limits, plan: string): Middleware {
  return async (request, next) => {
    if (request.method !== 'POST') return next(request)
    const path = request.path.replace(/\/$/, '')
    const body = fieldsOf(request)
    const read = reader(request, next)
    const refused =
      path === '/work_pools'
        ? await poolRefusal(body, limits, plan, read)
        : path === '/deployments'
          ? await deploymentRefusal(body, limits, read)
          : path === '/automations'
            ? await automationRefusal(limits, read)
            : undefined
    return refused ?? next(request)
  }
}

type Read = (path: string, body: unknown) => Promise<unknown>

/** Reads through the rest of the gateway. */
function reader({ headers }: CloudRequest, next: (request: CloudRequest) => Promise<Answer>): Read {
  return async (path, value) => {
    const body = Buffer.from(JSON.stringify(value))
    const answer = await next({ method: 'POST', path, query: new URLSearchParams(), headers, body })
    return JSON.parse(answer.body.toString())
  }
}

async function poolRefusal({ type }: Fields, limits: Limits, plan: string, read: Read): Promise<Answer | undefined> {
  const { work_pool_limit: all, non_mex_work_pool_limit: own } = limits
  if (!isManaged(type) && own === 0)
    return refusal(403, `Your plan does not support work pools of type ${type}. Upgrade from ${plan} to create it.`)
  const pools = (await read('/work_pools/filter', {})) as Fields[]
  const unmanaged = pools.filter((pool) => !isManaged(pool.type)).length
  const isFull = (all !== null && pools.length >= all) || (own !== null && !isManaged(type) && unmanaged >= own)
  return isFull ? refusal(403, 'You have reached the maximum number of work pools for your plan.') : undefined
}

async function deploymentRefusal({ name, flow_id }: Fields, limits: Limits, read: Read): Promise<Answer | undefined> {
  const most = limits.max_deployments_per_workspace
  if (most === null || Number(await read('/deployments/count', {})) < most) return undefined
  const same = { deployments: { name: { any_: [name] } }, flows: { id: { any_: [flow_id] } } }
  if (Number(await read('/deployments/count', same)) > 0) return undefined
  return refusal(403, `You have reached the maximum number of deployments for this workspace: ${most}.`)
}

async function automationRefusal(limits: Limits, read: Read): Promise<Answer | undefined> {
  const most = limits.automations_limit
  if (most === null || Number(await read('/automations/count', {})) < most) return undefined
  return refusal(403, `You have reached the maximum number of automations for your plan: ${most}.`)
}
