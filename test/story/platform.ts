import { plainHttp, type Row } from '../support/plain-http.ts'

/** A deployment of the simulated platform. */
export interface Made {
  readonly name: string
  readonly wave: string
  readonly id: string
  /** Seconds between two runs, for those whose times are counted; their times are multiples of it since 1970. */
  readonly every?: number
}

/** How large the platform is. */
export interface Size {
  readonly flows: number
  readonly deployments: number
  /** Deployments with an active schedule. */
  readonly scheduled: number
  readonly waves: readonly string[]
  /** Seconds between two runs, of deployments in turn; 0 for a schedule that is not due during the story. */
  readonly every: readonly number[]
}

/** Schedules that are not due soon, in all forms. */
const distant: readonly Row[] = [
  { cron: '15 3 * * *', timezone: 'Europe/Berlin' },
  { cron: '0 0 1 * 1', timezone: 'America/New_York', day_or: false },
  { interval: 86_400, anchor_date: '2026-01-01T04:05:00+00:00', timezone: 'Asia/Tokyo' },
  { rrule: 'FREQ=WEEKLY;BYDAY=SA;BYHOUR=2;BYMINUTE=30;BYSECOND=0', timezone: 'Europe/London' },
  { rrule: 'DTSTART:20260103T030000\nFREQ=MONTHLY;BYDAY=1SA', timezone: 'UTC' },
]

/** Fills a server of Prefect 2 with flows and deployments on pools for workers, by plain HTTP. */
export async function makePlatform(url: string, size: Size): Promise<readonly Made[]> {
  const { post } = plainHttp(url)
  for (const wave of size.waves)
    await post('/work_pools/', { name: `${wave}-pool`, type: 'process', base_job_template: {} })
  const flows: string[] = []
  for (let index = 0; index < size.flows; index++)
    flows.push(String((await post('/flows/', { name: `flow-${String(index).padStart(3, '0')}` })).id))
  const made: Made[] = []
  for (let index = 0; index < size.deployments; index++) made.push(await makeDeployment(url, size, flows, index))
  return made
}

async function makeDeployment(url: string, size: Size, flows: readonly string[], index: number): Promise<Made> {
  const { post } = plainHttp(url)
  const flow = index % flows.length
  const wave = size.waves[index % size.waves.length] as string
  const every = size.every[index % size.every.length] ?? 0
  const isScheduled = index < size.scheduled
  const name = index < flows.length ? 'main' : `more-${index}`
  const counted = isScheduled && every > 0
  const schedule = counted
    ? { interval: every, anchor_date: '2026-01-01T00:00:00+00:00', timezone: 'UTC' }
    : distant[index % distant.length]
  const { id } = await post('/deployments/', {
    name,
    flow_id: flows[flow],
    entrypoint: `flows/flow_${flow}.py:run`,
    path: '/srv/flows',
    parameters: { table: `t${index}` },
    tags: [wave],
    work_pool_name: `${wave}-pool`,
    paused: !isScheduled,
    schedules: [{ schedule, active: true }],
  })
  const key = `flow-${String(flow).padStart(3, '0')}/${name}`
  return { name: key, wave, id: String(id), ...(counted ? { every } : {}) }
}

/** The waves file of a platform. */
export function wavesFile(waves: readonly string[]): string {
  const lines = waves.map((name) => `  - {name: ${name}, tag: ${name}}`)
  return `version: 1\nfrom: old\nto: new\nwaves:\n${lines.join('\n')}\n`
}
