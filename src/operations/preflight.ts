import type { Check } from '../check.ts'
import { ApiError, toIssue } from '../client/client.ts'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Live } from '../model.ts'
import { kindsText } from '../plain-text.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { supports } from '../version.ts'
import { auditChecks } from './audit-server.ts'
import { readsOnly } from './cloud-scopes.ts'
import { workspaceName } from './cloud-workspaces.ts'
import { inWorkspace, type OpenConnection, readAudited, type Target, withConnection } from './connect.ts'
import { destinationChecks, sourceChecks, transferChecks } from './preflight-checks.ts'

export interface PreflightRequest extends EnvironmentChoice {
  /** Profile of the server to read. */
  readonly from?: string
  /** Profile of the server to change. */
  readonly to?: string
  /** Workspaces of Prefect Cloud, instead of those of the profiles. */
  readonly fromWorkspace?: string
  readonly toWorkspace?: string
}

/** Smaller clock differences are not reported. */
const skewLimitMs = 30_000

/** Runs preflight checks on one server, or on two before a transfer. Changes nothing. */
export async function preflight(
  { from, to, ...request }: PreflightRequest,
  context: Context,
): Promise<readonly Check[]> {
  if (from === undefined && to === undefined) throw needsProfile()
  const source =
    from === undefined
      ? undefined
      : await examine('source', { profile: from, ...inWorkspace(request.fromWorkspace) }, context, async (_, live) =>
          sourceChecks(live, context.kinds),
        )
  if (to === undefined) return source?.checks ?? []
  const destination = await examine(
    'destination',
    { profile: to, ...inWorkspace(request.toWorkspace) },
    context,
    async (connection, live) => [
      ...(await destinationChecks(connection, live, context.kinds)),
      ...(source?.live
        ? await transferChecks({ source: source.live, destination: live, to: connection, request }, context)
        : []),
    ],
  )
  return [...(source?.checks ?? []), ...destination.checks]
}

function needsProfile(): Failure {
  const message = 'There is no server to check.'
  const fix = 'Pass --from PROFILE, --to PROFILE, or both.'
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}

interface Examined {
  readonly checks: readonly Check[]
  /** Undefined if the server cannot be read. */
  readonly live?: Live
}

/** Checks one server. `more` adds checks of its resources. */
async function examine(
  role: string,
  target: Target & { readonly profile: string },
  context: Context,
  more: (connection: OpenConnection, live: Live) => Promise<readonly Check[]>,
): Promise<Examined> {
  const { profile } = target
  try {
    return await withConnection(target, context, async (connection) => {
      const { client, server } = connection
      const begin: Check[] = [
        { status: 'ok', title: role, detail: `${profile}  ${server.url}  Prefect ${server.version}` },
        ...(await workspaceChecks(role, connection)),
        clockCheck(role, await client.time(), context.now()),
      ]
      const found = await readAudited(connection, context).catch((error: unknown) =>
        unreadableKinds(role, connection, context, error),
      )
      if (Array.isArray(found)) return { checks: [...begin, ...found] }
      const { live, audited } = found
      const detail = kindsText(live.resources.values()) || 'no resources'
      const read: Check[] = [
        accessCheck(role, connection),
        { status: 'ok', title: `${role}: kinds`, detail },
        ...auditChecks(role, live, audited, connection),
      ]
      return { checks: [...begin, ...read, ...(await more(connection, live))], live }
    })
  } catch (error) {
    const [issue] = issuesOf(error)
    if (!issue) throw error
    return { checks: [errorCheck(role, issue, profile)] }
  }
}

/** The issues of a failed request or connection; empty for other errors. */
function issuesOf(error: unknown): readonly Issue[] {
  if (error instanceof ApiError) return [toIssue(error)]
  return error instanceof Failure ? error.issues : []
}

function errorCheck(title: string, { message, fix }: Issue, of: string): Check {
  return { status: 'error', title, detail: `${of}: ${message}`, ...(fix ? { fix } : {}) }
}

/** A check for each kind that cannot be read. Tries them separately, and throws the error if all can be read. */
async function unreadableKinds(
  role: string,
  { client, server }: OpenConnection,
  { kinds }: Context,
  error: unknown,
): Promise<Check[]> {
  if (!(error instanceof ApiError)) throw error
  const supported = kinds.filter((kind) => supports(server.version, kind))
  const tried = await Promise.allSettled(supported.map((kind) => kind.list(client, server)))
  const failures = tried.flatMap((result, index): Check[] => {
    if (result.status === 'fulfilled' || !(result.reason instanceof ApiError)) return []
    return [errorCheck(`${role}: kinds`, toIssue(result.reason), `${supported[index]?.name} cannot be read`)]
  })
  if (failures.length === 0) throw error
  return failures
}

/** The access check after a complete read. */
function accessCheck(role: string, { withCredentials }: OpenConnection): Check {
  const detail = withCredentials
    ? 'the credentials are valid and can read every kind'
    : 'the server does not require credentials'
  return { status: 'ok', title: `${role}: access`, detail }
}

/** The workspace of Prefect Cloud, and what the key may do there. */
async function workspaceChecks(role: string, { workspace, scopes }: OpenConnection): Promise<Check[]> {
  if (!workspace) return []
  const found: Check = { status: 'ok', title: `${role}: workspace`, detail: workspaceName(workspace) }
  const known = await scopes()
  const title = `${role}: scopes`
  if (!known) return [found, { status: 'note', title, detail: 'Prefect Cloud does not tell what the key may do' }]
  const detail = `${readsOnly(known) ? 'the key may only read' : 'the key may read and write'}: ${known.join(', ')}`
  const isTooFew = readsOnly(known) && role === 'destination'
  const fix = 'Use a key with a role that may write, such as Developer or Owner.'
  return [found, isTooFew ? { status: 'error', title, detail, fix } : { status: 'ok', title, detail }]
}

function clockCheck(role: string, time: number | undefined, now: number): Check {
  const title = `${role}: clock`
  if (time === undefined) return { status: 'note', title, detail: 'the server does not report its time' }
  const seconds = Math.round((time - now) / 1000)
  if (Math.abs(time - now) <= skewLimitMs) return { status: 'ok', title, detail: 'in sync with this machine' }
  return {
    status: 'warning',
    title,
    detail: `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} this machine; schedules follow the server's clock`,
  }
}
