import type { Check } from '../check.ts'
import { ApiError, toIssue } from '../client/client.ts'
import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read-live.ts'
import type { Live } from '../model.ts'
import { type Connected, connected } from '../operations/connect.ts'
import { bothChecks, sourceChecks, workerChecks } from '../operations/preflight.ts'
import { checksText, verdictText } from '../report/text/checks-text.ts'
import { kindsText } from '../report/wording/resource-lists.ts'
import { atLeast } from '../version.ts'
import type { ExitStatus, Io } from './io.ts'

export interface DoctorFlags {
  readonly from?: string
  readonly to?: string
}

/** Clocks may differ by so much before it is worth saying. */
const skewLimitMs = 30_000

/** Looks before a transfer at all that would be in its way, on either server or both. Changes nothing. */
export async function doctor({ from, to }: DoctorFlags, kinds: readonly Kind[], io: Io): Promise<ExitStatus> {
  if (from === undefined && to === undefined)
    throw new Failure([
      {
        code: 'usage',
        severity: 'error',
        message: 'doctor needs a profile to look at',
        fix: 'Pass --from PROFILE, --to PROFILE, or both',
      },
    ])
  const checks: Check[] = []
  const source =
    from === undefined
      ? undefined
      : await examine('source', from, kinds, io, checks, async (_, live) => checks.push(...sourceChecks(live, kinds)))
  if (to !== undefined) {
    await examine('destination', to, kinds, io, checks, async (connection, live) => {
      checks.push(...(await workerChecks(connection, live)))
      if (source) checks.push(...(await bothChecks(source, live, connection, kinds, io)))
    })
  }
  io.out(checksText(checks, io.style) + verdictText(checks, io.style))
  return checks.some(({ status }) => status === 'error') ? 'failed' : 'ok'
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
      io.onEvent({ type: 'phase', phase: 'reading' })
      const live = await readLive(client, server, kinds, { on: io.onEvent }).catch((error: unknown) =>
        unreadable(role, connection, kinds, checks, error),
      )
      if (!live) return undefined
      checks.push(accessCheck(role, connection))
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

/** Which kinds are in the way of reading a server: each that cannot be read by itself. Throws what is no fault of a kind. */
async function unreadable(
  role: string,
  { client, server }: Connected,
  kinds: readonly Kind[],
  checks: Check[],
  error: unknown,
): Promise<undefined> {
  if (!(error instanceof ApiError)) throw error
  const held = kinds.filter(({ since }) => atLeast(server.version, since))
  const tried = await Promise.allSettled(held.map((kind) => kind.list(client, server)))
  const failed = tried.flatMap((result, index) =>
    result.status === 'rejected' && result.reason instanceof ApiError
      ? [{ kind: held[index]?.name ?? '', issue: toIssue(result.reason) }]
      : [],
  )
  if (failed.length === 0) throw error
  for (const { kind, issue } of failed)
    checks.push({
      status: 'error',
      title: `${role}: kinds`,
      detail: `${kind} cannot be read: ${issue.message}`,
      ...(issue.fix ? { fix: issue.fix } : {}),
    })
  return undefined
}

/** All was read, so whoever asked was let in. */
function accessCheck(role: string, { withCredentials }: Connected): Check {
  const detail = withCredentials
    ? 'the credentials are good, and may read every kind'
    : 'the server asks for no credentials'
  return { status: 'ok', title: `${role}: access`, detail }
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
