import { setTimeout as sleep } from 'node:timers/promises'
import { plainHttp, type Row } from '../support/plain-http.ts'

/** Simulated workers of one server: they take what is due, as workers do, some seconds ahead. */
export interface Workers {
  stop(): Promise<void>
}

const pollMs = 700
/** Prefect's workers take ten seconds; less here, so that short schedules leave quiet moments. */
const prefetchMs = 5000

/** Starts workers that serve all pools of a server, but not some deployments. Each run takes `seconds`; `pools` are online. */
export function startWorkers(
  url: string,
  seconds: number,
  pools: readonly string[],
  unserved: readonly string[] = [],
): Workers {
  const { list, post } = plainHttp(url)
  const taken = new Set<unknown>()
  const running = new Set<Promise<void>>()
  let isStopped = false
  const setState = (id: unknown, type: string) =>
    post(`/flow_runs/${id}/set_state`, { state: { type }, force: false }).catch(() => ({ status: 'ABORT' }) as Row)
  const run = async ({ id, expected_start_time: at }: Row) => {
    if ((await setState(id, 'PENDING')).status !== 'ACCEPT') return
    const wait = Date.parse(String(at)) - Date.now()
    if (wait > 0) await sleep(wait)
    await setState(id, 'RUNNING')
    await sleep(seconds * 1000)
    await setState(id, 'COMPLETED')
  }
  const beat = async () => {
    for (const pool of pools) await post(`/work_pools/${pool}/workers/heartbeat`, { name: 'simulated' }).catch(() => {})
  }
  const loop = (async () => {
    for (let turn = 0; !isStopped; turn++) {
      if (turn % 15 === 0) await beat()
      const before_ = new Date(Date.now() + prefetchMs).toISOString()
      const filter = { state: { type: { any_: ['SCHEDULED'] } }, expected_start_time: { before_ } }
      const due = await list('/flow_runs/filter', { flow_runs: filter }).catch(() => [])
      for (const row of due) {
        if (taken.has(row.id) || unserved.includes(String(row.deployment_id))) continue
        taken.add(row.id)
        const done = run(row).finally(() => running.delete(done))
        running.add(done)
      }
      await sleep(pollMs)
    }
  })()
  return {
    async stop() {
      isStopped = true
      await loop
      await Promise.all(running)
    },
  }
}
