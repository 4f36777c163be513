import { ApiError, toIssue } from '../client/client.ts'
import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read.ts'
import { poolReadiness } from '../live/readiness.ts'
import type { Live, Plan, Resource } from '../model.ts'
import { splitRef } from '../ref.ts'
import { type Check, checksText, verdict } from '../report/checks.ts'
import { plural } from '../report/style.ts'
import { kindsText } from '../report/wrap.ts'
import { type Connected, connected } from './connect.ts'
import { type Exit, exits, type Io } from './io.ts'
import { makePlanOf } from './planning.ts'
import { poolServed } from './pool-served.ts'
import { scopeOf, selected } from './selection.ts'

export interface DoctorFlags {
  readonly from?: string
  readonly to?: string
}

/** Clocks may differ by so much before it is worth saying. */
const skewLimitMs = 30_000

/** Looks before a transfer at all that would be in its way, on either server or both. Changes nothing. */
export async function doctor({ from, to }: DoctorFlags, kinds: readonly Kind[], io: Io): Promise<Exit> {
  if (from === undefined && to === undefined)
    throw new Failure(
      [
        {
          code: 'usage',
          severity: 'error',
          message: 'doctor needs a profile to look at',
          fix: 'Pass --from PROFILE, --to PROFILE, or both',
        },
      ],
      exits.usage,
    )
  const checks: Check[] = []
  const source =
    from === undefined
      ? undefined
      : await examine('source', from, kinds, io, checks, async (_, live) => checks.push(...sourceChecks(live)))
  if (to !== undefined) {
    await examine('destination', to, kinds, io, checks, async (connection, live) => {
      checks.push(...(await workerChecks(connection, live)))
      if (source) checks.push(...(await bothChecks(source, connection, kinds, io)))
    })
  }
  io.out(checksText(checks, io.style) + verdict(checks, io.style))
  return checks.some(({ status }) => status === 'error') ? exits.failed : exits.ok
}

/** What can be said of one server; undefined where it cannot be read. */
async function examine(
  role: string,
  profile: string,
  kinds: readonly Kind[],
  io: Io,
  checks: Check[],
  more: (connection: Connected, live: Live) => Promise<unknown>,
): Promise<Live | undefined> {
  try {
    return await connected({ profile }, io, async (connection) => {
      const { client, server } = connection
      checks.push({ status: 'ok', title: role, detail: `${profile}  ${server.url}  Prefect ${server.version}` })
      checks.push(clockCheck(role, await client.time(), io.now()))
      const live = await readLive(client, server, kinds)
      checks.push({
        status: 'ok',
        title: `${role}: kinds`,
        detail: kindsText(live.resources.values()) || 'nothing yet',
      })
      await more(connection, live)
      return live
    })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { message, fix } = toIssue(error)
    checks.push({ status: 'error', title: role, detail: `${profile}: ${message}`, ...(fix ? { fix } : {}) })
    return undefined
  }
}

function clockCheck(role: string, time: number | undefined, now: number): Check {
  const title = `${role}: clock`
  if (time === undefined) return { status: 'note', title, detail: 'the server does not tell its time' }
  const seconds = Math.round((time - now) / 1000)
  if (Math.abs(time - now) <= skewLimitMs) return { status: 'ok', title, detail: 'as this machine' }
  return {
    status: 'warning',
    title,
    detail: `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} this machine; schedules go by the server's clock`,
  }
}

/** What at the source would be lost, or needs a hand. */
function sourceChecks(live: Live): Check[] {
  const checks: Check[] = live.issues.map(({ message, fix }) => ({
    status: 'warning',
    title: 'source: reference',
    detail: message,
    ...(fix ? { fix } : {}),
  }))
  const resources = [...live.resources.values()]
  const masked = resources.filter(({ secrets }) => Object.values(secrets).some((hole) => 'masked' in hole))
  const readable = resources.filter(({ secrets }) => Object.keys(secrets).length > 0).length - masked.length
  if (readable > 0)
    checks.push({
      status: 'ok',
      title: 'source: secrets',
      detail: `${plural(readable, 'block')} with secrets that can be read; they pass in memory`,
    })
  for (const { key } of masked)
    checks.push({
      status: 'warning',
      title: 'source: secrets',
      detail: `the secrets of block ${key} are not shown`,
      fix: 'Provide them through environment variables',
    })
  return [...checks, ...resources.flatMap(poolCheck)]
}

function poolCheck({ kind, key, spec }: Resource): Check[] {
  const type = String(spec.type)
  if (kind !== 'work-pool' || !/:(push|managed)$/.test(type)) return []
  return [{ status: 'note', title: 'source: pool', detail: `${key} is of type ${type}, which only Prefect Cloud runs` }]
}

async function workerChecks({ client }: Connected, live: Live): Promise<Check[]> {
  return (await poolReadiness(client, live)).map((pool): Check => {
    const check = poolServed('destination: workers', pool)
    const { key } = splitRef(pool.ref)
    return check.status === 'warning' ? { ...check, fix: `prefect worker start --pool '${key}'` } : check
  })
}

/** What the destination makes of the source's resources. */
async function bothChecks(source: Live, to: Connected, kinds: readonly Kind[], io: Io): Promise<Check[]> {
  const resources = selected([...source.resources.values()], kinds, {})
  const snapshot = {
    version: 1 as const,
    source: { api: source.server.url, server: source.server.version },
    scope: scopeOf({}),
    moved: [],
    resources,
  }
  const { plan } = await makePlanOf(
    { snapshot, issues: [], placeOf: () => undefined },
    { snapshot: '-' },
    to,
    kinds,
    io,
  )
  const same = source.server.version === to.server.version
  return [
    {
      status: same ? 'ok' : 'note',
      title: 'versions',
      detail: same ? `both ${to.server.version}` : `${source.server.version} → ${to.server.version}`,
    },
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

function planCheck({ changes, unchanged }: Plan): Check {
  const count = (action: string) => changes.filter((change) => change.action === action).length
  return {
    status: 'ok',
    title: 'transfer',
    detail: `${count('create')} to create, ${count('update')} to update, ${unchanged.length} as they should be`,
  }
}
