import type { Check } from '../../check.ts'
import type { Readiness } from '../../kind.ts'
import type { LiveResource, Reader, Resource, Server } from '../../model.ts'
import { plural } from '../../plain-text.ts'
import { isPrefect2 } from '../../version.ts'
import { at, objects } from '../endpoints.ts'

/** Readiness of work pools: whether workers, or Prefect Cloud itself, serve them. */
export const poolReadiness: Readiness = {
  ofType: servedByOthers,
  afterCreate: (pool, server) =>
    servedByOthers(pool, server) ?? {
      status: 'note',
      title: 'workers',
      detail: `${pool.key} is new on this server and needs a worker`,
      fix: startWorker(pool.key),
    },
  check: (reader, server, pools) =>
    Promise.all(pools.filter((pool) => !servedByOthers(pool, server)).map((pool) => checkWorkers(reader, pool))),
}

/** The check for a pool type that no worker serves: Prefect Cloud runs it, or the agents of Prefect 2 did. */
function servedByOthers({ key, spec }: Resource, { version }: Server): Check | undefined {
  const type = String(spec.type)
  const fix = 'Move its deployments to a pool with a worker, for example one of type process, docker or kubernetes.'
  if (type === 'prefect-agent' && !isPrefect2(version))
    return { status: 'warning', title: 'pools', detail: `${key} is for agents, which Prefect 3 does not have`, fix }
  if (!/:(push|managed)$/.test(type)) return undefined
  return version === 'cloud'
    ? { status: 'ok', title: 'pools', detail: `${key} (${type}) is run by Prefect Cloud` }
    : { status: 'warning', title: 'pools', detail: `${key} is of type ${type}, which only Prefect Cloud runs`, fix }
}

/**
 * The number of workers that the server has heard from recently (`status` ONLINE). A paused pool needs none, and of agents
 * (of Prefect 2) a server does not know.
 */
async function checkWorkers(reader: Reader, { key, spec }: LiveResource): Promise<Check> {
  const title = 'workers'
  if (spec.type === 'prefect-agent')
    return { status: 'note', title, detail: `agents serve ${key}, of which servers do not know` }
  const workers = objects(await reader.query(at`/work_pools/${key}/workers/filter`, {}))
  const online = workers.filter(({ status }) => status === 'ONLINE').length
  if (spec.is_paused === true) return { status: 'note', title, detail: `${key} is paused` }
  if (online > 0) return { status: 'ok', title, detail: `${key} has ${plural(online, 'worker')} online` }
  return { status: 'warning', title, detail: `no worker serves ${key}`, fix: startWorker(key) }
}

function startWorker(pool: string): string {
  return `prefect worker start --pool '${pool}'`
}
