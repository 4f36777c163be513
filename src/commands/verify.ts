import type { Check } from '../check.ts'
import { pathText } from '../field-path.ts'
import type { Kind } from '../kind.ts'
import { type Connected, connected } from '../operations/connect.ts'
import { makePlanOf, type PlanFlags, type PreparedPlan } from '../operations/make-plan.ts'
import { poolReadiness, poolServed } from '../operations/pool-served.ts'
import { plural } from '../plain-text.ts'
import { refOf, splitRef } from '../ref.ts'
import { checksText, verdictText } from '../report/text/checks-text.ts'
import type { ExitStatus, Io } from './io.ts'
import { loadSnapshot } from './validate.ts'

/** Looks after a transfer whether all is as the snapshot says, and whether somebody is there to run it. */
export async function verify(flags: PlanFlags, kinds: readonly Kind[], io: Io): Promise<ExitStatus> {
  const parsed = await loadSnapshot(flags.snapshot, kinds, io, flags)
  return connected(flags, io, async (to) => {
    const planned = await makePlanOf(parsed, flags, to, kinds, io)
    const checks = [...equality(planned, kinds), ...(await readiness(planned, to, kinds))]
    io.out(checksText(checks, io.style) + verdictText(checks, io.style))
    return checks.some(({ status }) => status === 'error') ? 'changes' : 'ok'
  })
}

/** A line a kind where all is equal, a line a resource where it is not. */
function equality({ plan, parsed }: PreparedPlan, kinds: readonly Kind[]): Check[] {
  const changed = new Map(plan.changes.map((change) => [change.ref, change]))
  const unchanged = new Set(plan.unchanged)
  const checks = kinds.flatMap(({ name }): Check[] => {
    const refs = parsed.snapshot.resources.filter(({ kind }) => kind === name).map(refOf)
    const equal = refs.filter((ref) => unchanged.has(ref) && !changed.has(ref)).length
    if (refs.length === 0) return []
    return [
      {
        status: equal === refs.length ? 'ok' : 'error',
        title: name,
        detail: `${equal} of ${plural(refs.length, 'resource')} as in the snapshot`,
      },
    ]
  })
  const differing = [...changed.values()].map((change): Check => {
    const fields = change.action === 'update' ? change.fields.map(({ pointer }) => pathText(pointer)).join(', ') : ''
    return {
      status: 'error',
      title: splitRef(change.ref).kind,
      detail: `${splitRef(change.ref).key} ${change.action === 'update' ? `differs in ${fields}` : 'is missing'}`,
    }
  })
  const impossible = plan.unsupported.map(
    ({ ref, reason }): Check => ({
      status: 'error',
      title: splitRef(ref).kind,
      detail: `${splitRef(ref).key}: ${reason}`,
    }),
  )
  return [...checks, ...differing, ...impossible]
}

/** Whether every pool of the snapshot has a worker, and every deployment one who has asked for its runs. */
async function readiness(
  { parsed, live }: PreparedPlan,
  { client, server }: Connected,
  kinds: readonly Kind[],
): Promise<Check[]> {
  const pools = (await poolReadiness(client, live)).map((pool) => poolServed('workers', pool))
  const deployments = kinds.filter(({ name }) => name === 'deployment')
  const wanted = parsed.snapshot.resources.filter(({ kind }) => kind === 'deployment')
  if (wanted.length === 0) return pools
  const raws = await Promise.all(
    deployments.map((kind) => kind.list(client, server, new Set(wanted.map(({ key }) => key)))),
  )
  const ids = new Set(
    [...live.resources.values()].filter(({ kind }) => kind === 'deployment').map(({ id }) => id as string),
  )
  const own = raws.flat().filter(({ id }) => ids.has(String(id)))
  const ready = own.filter(({ status }) => status === 'READY').length
  return [
    ...pools,
    {
      status: ready === own.length ? 'ok' : 'note',
      title: 'deployments',
      detail: `${ready} of ${own.length} READY (a worker has asked for their runs)`,
    },
  ]
}
