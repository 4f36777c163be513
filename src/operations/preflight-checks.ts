import type { Check } from '../check.ts'
import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { checkReadiness } from '../live/readiness.ts'
import type { Live, LiveResource, Plan, Ref } from '../model.ts'
import { namesOf, plural } from '../plain-text.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { refOf } from '../ref.ts'
import { withPlaceholders } from '../secrets/placeholders.ts'
import { isPrefect2, supports } from '../version.ts'
import { activeOnBoth } from './active-on-both.ts'
import type { OpenConnection } from './connect.ts'
import { preparePlan } from './make-plan.ts'
import { tierChecks } from './tier-checks.ts'
import { byNameIn, transferredIn } from './transferred-resources.ts'

/** Checks of the source: what a transfer would lose, and what needs manual work. */
export function sourceChecks(live: Live, kinds: readonly Kind[]): Check[] {
  const isOldSetting = ({ code }: Issue) => code === 'no-equivalent'
  const detached = live.issues.filter((issue) => !isOldSetting(issue))
  const resources = [...live.resources.values()]
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const types = resources.flatMap((resource): Check[] => {
    const check = byName.get(resource.kind)?.readiness?.ofType?.(resource, live.server)
    return check ? [{ status: 'note', title: `source: ${check.title}`, detail: check.detail }] : []
  })
  const valid: Check = { status: 'ok', title: 'source: references', detail: 'all refer to existing resources' }
  return [
    ...(detached.length > 0 ? detached.map((issue) => warningOf('source: references', issue)) : [valid]),
    ...live.issues.filter(isOldSetting).map((issue) => warningOf('source: settings', issue)),
    ...secretChecks(resources, kinds),
    ...types,
  ]
}

function warningOf(title: string, { message, fix }: Issue): Check {
  return { status: 'warning', title, detail: message, ...(fix ? { fix } : {}) }
}

/** Checks of secrets: readable ones pass in memory; masked ones need another source. */
function secretChecks(resources: readonly LiveResource[], kinds: readonly Kind[]): Check[] {
  const withSecrets = resources.filter(({ secrets }) => Object.keys(secrets).length > 0)
  const isMasked = ({ secrets }: LiveResource) => Object.values(secrets).some((source) => 'masked' in source)
  const masked = withSecrets.filter(isMasked)
  const readable = withSecrets.length - masked.length
  const placeholders = new Map(withPlaceholders(resources, kinds).map((one) => [refOf(one), one.secrets]))
  const title = 'source: secrets'
  const detail = `${plural(readable, 'resource')} with readable secrets, which pass in memory`
  return [
    ...(readable > 0 ? [{ status: 'ok' as const, title, detail }] : []),
    ...masked.map((resource): Check => {
      const sources = Object.entries(placeholders.get(refOf(resource)) ?? {})
      const sourcesOfMasked = sources.filter(([pointer]) => 'masked' in (resource.secrets[pointer] ?? {}))
      const fix = sourcesOfMasked
        .flatMap(([, source]) => ('env' in source ? [`export ${source.env}=…`] : []))
        .join('; ')
      return { status: 'warning', title, detail: `the server masks the secrets of ${refOf(resource)}`, fix }
    }),
  ]
}

/** Checks of the destination: whether work pools have workers, for example. */
export async function destinationChecks(
  { client }: OpenConnection,
  live: Live,
  kinds: readonly Kind[],
): Promise<Check[]> {
  // A deployment is ready once a worker has polled for its runs, which is unknown before a transfer.
  const checks = await checkReadiness(client, live, kinds)
  return checks.map((check) => ({ ...check, title: `destination: ${check.title}` }))
}

/** Checks of a transfer: versions, unsupported resources, limits, and the plan. */
export async function transferChecks({ source, destination, to, request }: Sides, context: Context): Promise<Check[]> {
  const { kinds } = context
  const { overlay, environment } = request
  const choice = { ...(overlay ? { overlay } : {}), ...(environment ? { environment } : {}) }
  const { parsed } = await transferredIn(source, choice, context)
  // The defaults of a transfer.
  const planned = { snapshot: '-', activation: 'paused' as const }
  const { plan } = await preparePlan(parsed, planned, to, context, { isTransfer: true })
  const both = activeOnBoth(destination.resources.values(), await byNameIn(source, choice, context), kinds)
  const same = { status: 'error', title: 'servers', detail: 'source and destination are the same server' } as const
  const unsupported = plan.unsupported.map(({ ref, reason }): Check => {
    const fix = 'Exclude it, or pass --skip-unsupported to transfer.'
    return { status: 'error', title: 'unsupported', detail: `${ref}: ${reason}`, fix }
  })
  const issues = plan.issues.map(({ severity, message, fix }): Check => {
    const title = severity === 'error' ? 'blocking' : 'note'
    return { status: severity, title, detail: message, ...(fix ? { fix } : {}) }
  })
  return [
    versionCheck(source.server.version, to.server.version, kinds),
    ...(source.server.url === to.server.url ? [same] : bothCheck(both)),
    ...unsupported,
    ...afterCreateChecks(plan, to, kinds),
    ...tierChecks(plan, destination, kinds),
    ...issues,
    planCheck(plan),
  ]
}

interface Sides {
  readonly source: Live
  readonly destination: Live
  readonly to: OpenConnection
  readonly request: EnvironmentChoice
}

function bothCheck(refs: readonly Ref[]): Check[] {
  if (refs.length === 0) return []
  const detail = `${plural(refs.length, 'resource')} ${refs.length === 1 ? 'is' : 'are'} active on both: ${namesOf(refs)}`
  const fix = 'Pause them on one of the servers.'
  return [{ status: 'error', title: 'active on both', detail, fix }]
}

/** Compares the versions, and lists the kinds that only the newer one supports. */
function versionCheck(from: string, to: string, kinds: readonly Kind[]): Check {
  const title = 'versions'
  if (isPrefect2(to)) {
    const detail = `${from} → ${to}: a server of Prefect 2 is read-only, except for pausing and activating`
    return { status: 'error', title, detail, fix: 'Transfer to a server of Prefect 3.' }
  }
  if (from === to) return { status: 'ok', title, detail: `both ${to}` }
  const missing = (version: string) => kinds.filter((kind) => !supports(version, kind)).map(({ name }) => name)
  const [atSource, atDestination] = [missing(to), missing(from)]
  const only = [
    ...atSource.filter((kind) => !atDestination.includes(kind)).map((kind) => `${kind} only at the source`),
    ...atDestination.filter((kind) => !atSource.includes(kind)).map((kind) => `${kind} only at the destination`),
  ]
  return { status: 'note', title, detail: [`${from} → ${to}`, ...only].join('; ') }
}

/** Checks of what created resources need, such as workers for work pools. */
function afterCreateChecks({ changes }: Plan, { server }: OpenConnection, kinds: readonly Kind[]): Check[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  return changes.flatMap((change): Check[] => {
    if (change.action !== 'create') return []
    const readiness = byName.get(change.after.kind)?.readiness
    const check = readiness?.ofType?.(change.after, server) ?? readiness?.afterCreate?.(change.after, server)
    return check ? [{ ...check, title: `destination: ${check.title}` }] : []
  })
}

function planCheck({ changes, unchanged }: Plan): Check {
  const count = (action: string) => changes.filter((change) => change.action === action).length
  const detail = `${count('create')} to create, ${count('update')} to update, ${unchanged.length} unchanged`
  return { status: 'ok', title: 'transfer', detail }
}
