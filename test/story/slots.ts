import { plainHttp, type Row } from '../support/plain-http.ts'
import type { Made } from './platform.ts'

/** What became of the times of schedules that were due between two times. */
export interface Slots {
  readonly due: number
  /** Times that no side ran. */
  readonly lost: readonly string[]
  /** Times that were run more than once. */
  readonly twice: readonly string[]
}

const begun = ['PENDING', 'RUNNING', 'COMPLETED', 'CANCELLING']

/** Compares the runs of both servers, by plain HTTP, with the times that the schedules had. */
export async function slotsOf(
  urls: { readonly old: string; readonly to: string },
  made: readonly Made[],
  { from, until }: { readonly from: number; readonly until: number },
): Promise<Slots> {
  const counts = new Map<string, number>()
  for (const url of [urls.old, urls.to])
    for (const slot of await runsOf(url, from, until)) counts.set(slot, (counts.get(slot) ?? 0) + 1)
  const lost: string[] = []
  const twice: string[] = []
  let due = 0
  for (const { name, every } of made) {
    if (every === undefined) continue
    const step = every * 1000
    for (let at = Math.ceil(from / step) * step; at < until; at += step) {
      due++
      const count = counts.get(`${name} ${at}`) ?? 0
      if (count === 0) lost.push(`${name} ${new Date(at).toISOString()}`)
      if (count > 1) twice.push(`${name} ${new Date(at).toISOString()}`)
    }
  }
  return { due, lost, twice }
}

async function runsOf(url: string, from: number, until: number): Promise<string[]> {
  const { list } = plainHttp(url)
  const flows = new Map((await list('/flows/filter', {})).map(({ id, name }) => [id, String(name)]))
  const deployments = new Map(
    (await list('/deployments/filter', {})).map((row) => [row.id, `${flows.get(row.flow_id)}/${row.name}`]),
  )
  const time = { after_: new Date(from - 1000).toISOString(), before_: new Date(until + 1000).toISOString() }
  const filter = { state: { type: { any_: begun } }, expected_start_time: time }
  const rows = await list('/flow_runs/filter', { flow_runs: filter, sort: 'ID_DESC' })
  return rows.map((row: Row) => {
    const at = Math.round(Date.parse(String(row.expected_start_time)) / 1000) * 1000
    return `${deployments.get(row.deployment_id)} ${at}`
  })
}
