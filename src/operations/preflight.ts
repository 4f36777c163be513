import type { Check } from '../check.ts'
import type { Io } from '../commands/io.ts'
import { transferred } from '../commands/transfer.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Live, LiveResource, Placeholder, Plan, Resource } from '../model.ts'
import { plural } from '../plain-text.ts'
import { refOf, splitRef } from '../ref.ts'
import { withPlaceholders } from '../secrets/placeholders.ts'
import { atLeast, isPrefect2 } from '../version.ts'
import type { Connected } from './connect.ts'
import { makePlanOf, type PreparedPlan } from './make-plan.ts'
import { poolReadiness, poolServed } from './pool-served.ts'

/** What at the source would be lost, or needs a hand. */
export function sourceChecks(live: Live, kinds: readonly Kind[]): Check[] {
  const isOld = ({ code }: Issue) => code === 'no-longer'
  const dangling = live.issues.filter((issue) => !isOld(issue))
  const resources = [...live.resources.values()]
  const pools = resources.flatMap((resource): Check[] => {
    const check = poolCheck('source: pools', resource, live.server.version)
    return check ? [{ status: 'note', title: check.title, detail: check.detail }] : []
  })
  const whole: Check = { status: 'ok', title: 'source: references', detail: 'none points to what is not there' }
  return [
    ...(dangling.length > 0 ? dangling.map((issue) => warningOf('source: references', issue)) : [whole]),
    ...live.issues.filter(isOld).map((issue) => warningOf('source: settings', issue)),
    ...secretChecks(resources, kinds),
    ...pools,
  ]
}

function warningOf(title: string, { message, fix }: Issue): Check {
  return { status: 'warning', title, detail: message, ...(fix ? { fix } : {}) }
}

/** Secrets that the source shows pass in memory; those that it masks must come from somewhere else. */
function secretChecks(resources: readonly LiveResource[], kinds: readonly Kind[]): Check[] {
  const masked = resources.filter(({ secrets }) =>
    Object.values(secrets).some((placeholder) => 'masked' in placeholder),
  )
  const readable = resources.filter(({ secrets }) => Object.keys(secrets).length > 0).length - masked.length
  const names = new Map(withPlaceholders(resources, kinds).map((resource) => [refOf(resource), resource.secrets]))
  const title = 'source: secrets'
  return [
    ...(readable > 0
      ? [
          {
            status: 'ok' as const,
            title,
            detail: `${plural(readable, 'block')} with secrets that can be read; they pass in memory`,
          },
        ]
      : []),
    ...masked.map((resource): Check => {
      const placeholders = Object.entries(names.get(refOf(resource)) ?? {}).filter(
        ([pointer]) => 'masked' in (resource.secrets[pointer] ?? {}),
      )
      const fix = placeholders
        .map(([, placeholder]: [string, Placeholder]) => ('env' in placeholder ? `export ${placeholder.env}=…` : ''))
        .join('; ')
      return { status: 'warning', title, detail: `the server does not show the secrets of ${refOf(resource)}`, fix }
    }),
  ]
}

/** Whether somebody serves the pools of the destination. */
export async function workerChecks({ client, server }: Connected, live: Live): Promise<Check[]> {
  return (await poolReadiness(client, live)).flatMap((pool): Check[] => {
    const special = poolCheck('destination: pools', live.resources.get(pool.ref), server.version)
    if (special) return [special]
    const check = poolServed('destination: workers', pool)
    return [check.status === 'warning' ? { ...check, fix: workerFix(splitRef(pool.ref).key) } : check]
  })
}

function workerFix(pool: string): string {
  return `prefect worker start --pool '${pool}'`
}

/** A pool that no worker of one's own serves: Prefect Cloud runs it, or agents did. */
function poolCheck(title: string, pool: Resource | undefined, version: string): Check | undefined {
  if (pool?.kind !== 'work-pool') return undefined
  const type = String(pool.spec.type)
  const fix = 'Point its deployments to a pool with a worker, such as one of type process, docker or kubernetes'
  if (type === 'prefect-agent' && !isPrefect2(version))
    return { status: 'warning', title, detail: `${pool.key} is for agents, which Prefect 3 does not have`, fix }
  if (!/:(push|managed)$/.test(type)) return undefined
  return version === 'cloud'
    ? { status: 'ok', title, detail: `${pool.key} (${type}) is run by Prefect Cloud` }
    : {
        status: 'warning',
        title,
        detail: `${pool.key} is of type ${type}, which only Prefect Cloud runs`,
        fix,
      }
}

/** What the destination makes of the source's resources. */
export async function bothChecks(
  source: Live,
  destination: Live,
  to: Connected,
  kinds: readonly Kind[],
  context: Io,
): Promise<Check[]> {
  const snapshot = transferred(source, {}, kinds)
  // As transfer does it, unless it is told otherwise.
  const flags = { snapshot: '-', activation: 'paused' as const }
  const planned = await makePlanOf({ snapshot, issues: [], placeOf: () => undefined }, flags, to, kinds, context)
  const { plan } = planned
  return [
    versionCheck(source.server.version, to.server.version, kinds),
    ...(source.server.url === to.server.url
      ? [{ status: 'error' as const, title: 'servers', detail: 'source and destination are the same server' }]
      : []),
    ...plan.unsupported.map(
      ({ ref, reason }): Check => ({
        status: 'error',
        title: 'not possible',
        detail: `${ref}: ${reason}`,
        fix: 'Exclude it, or transfer with --skip-unsupported',
      }),
    ),
    ...newPools(planned, to.server.version),
    ...tierChecks(plan, destination),
    ...plan.issues.map(
      ({ severity, message, fix }): Check => ({
        status: severity,
        title: severity === 'error' ? 'in the way' : 'to know',
        detail: message,
        ...(fix ? { fix } : {}),
      }),
    ),
    planCheck(plan),
  ]
}

/** Which kinds one of the two servers does not have, since it is older. */
function versionCheck(from: string, to: string, kinds: readonly Kind[]): Check {
  if (isPrefect2(to))
    return {
      status: 'error',
      title: 'versions',
      detail: `${from} → ${to}: nothing but switches is written to a server of Prefect 2`,
      fix: 'Transfer to a server of Prefect 3',
    }
  if (from === to) return { status: 'ok', title: 'versions', detail: `both ${to}` }
  const lacks = (version: string) => kinds.filter(({ since }) => !atLeast(version, since)).map(({ name }) => name)
  const told = [...new Set([...lacks(from), ...lacks(to)])].map(
    (kind) => `${kind} only at the ${lacks(to).includes(kind) ? 'source' : 'destination'}`,
  )
  return { status: 'note', title: 'versions', detail: [`${from} → ${to}`, ...told].join('; ') }
}

/** Pools that the transfer makes: nobody serves them yet. */
function newPools({ plan }: PreparedPlan, version: string): Check[] {
  return plan.changes.flatMap((change): Check[] => {
    if (change.action !== 'create' || change.after.kind !== 'work-pool') return []
    const { key } = change.after
    const special = poolCheck('destination: pools', change.after, version)
    if (special) return [special]
    const detail = `${key} is new there, and wants a worker`
    return [{ status: 'note', title: 'destination: workers', detail, fix: workerFix(key) }]
  })
}

/** What Prefect's documentation says of its smallest tier; the API does not tell which tier a workspace is of. */
const hobby = { deployments: 5, requestsAMinute: 625 }

function tierChecks(plan: Plan, { server: { version }, resources }: Live): Check[] {
  const title = 'destination: tier'
  if (version !== 'cloud') return [{ status: 'ok', title, detail: 'a server of one’s own has none' }]
  const created = plan.changes.filter(({ action }) => action === 'create').map(({ ref }) => splitRef(ref).kind)
  const there = [...resources.values()].filter(({ kind }) => kind === 'deployment').length
  const deployments = there + created.filter((kind) => kind === 'deployment').length
  const minutes = Math.ceil(plan.changes.length / hobby.requestsAMinute)
  const over = deployments > hobby.deployments
  return [
    {
      status: over ? 'warning' : 'note',
      title,
      detail: `Prefect Cloud does not tell its tier; Hobby holds ${hobby.deployments} deployments, and here it would be ${deployments}`,
      ...(over ? { fix: 'Look up the tier of the workspace, or transfer a selection (--include)' } : {}),
    },
    {
      status: 'note',
      title,
      detail: `${plural(plan.changes.length, 'write')}: at Hobby's ${hobby.requestsAMinute} requests a minute at least ${minutes} min; other tiers allow more`,
    },
  ]
}

function planCheck({ changes, unchanged }: Plan): Check {
  const count = (action: string) => changes.filter((change) => change.action === action).length
  return {
    status: 'ok',
    title: 'transfer',
    detail: `${count('create')} to create, ${count('update')} to update, ${unchanged.length} as they should be`,
  }
}
