import { mapConcurrent } from '../../src/map-concurrent.ts'
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
  /** How many of them run by agents, with infrastructure and storage blocks. */
  readonly agents?: number
}

/** Schedules that are not due soon, in all forms. */
const distant: readonly Row[] = [
  { cron: '15 3 * * *', timezone: 'Europe/Berlin' },
  { cron: '0 0 1 * 1', timezone: 'America/New_York', day_or: false },
  { interval: 86_400, anchor_date: '2026-01-01T04:05:00+00:00', timezone: 'Asia/Tokyo' },
  { rrule: 'FREQ=WEEKLY;BYDAY=SA;BYHOUR=2;BYMINUTE=30;BYSECOND=0', timezone: 'Europe/London' },
  { rrule: 'DTSTART:20260103T030000\nFREQ=MONTHLY;BYDAY=1SA', timezone: 'UTC' },
]

/** Requests at a time. */
const width = 3

/** Fills a server of Prefect 2 with flows and deployments on pools for workers, by plain HTTP. */
export async function makePlatform(url: string, size: Size): Promise<readonly Made[]> {
  const { post } = plainHttp(url)
  for (const wave of new Set(size.waves))
    await post('/work_pools/', { name: `${wave}-pool`, type: 'process', base_job_template: {} })
  const flows = await mapConcurrent(range(size.flows), width, async (index) =>
    String((await post('/flows/', { name: flowName(size, index) })).id),
  )
  const agents = size.agents ? await makeAgents(url, size.agents) : undefined
  const make = (index: number) => makeDeployment(url, size, { flows, agents }, index)
  return mapConcurrent(range(size.deployments), width, make)
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}

function waveOf({ waves }: Size, flow: number): string {
  return waves[flow % waves.length] as string
}

function flowName(size: Size, flow: number): string {
  return `${waveOf(size, flow)}-${String(flow).padStart(3, '0')}`
}

/** What deployments for agents have: a queue without a pool, an infrastructure block and a storage block. */
interface Agents {
  readonly count: number
  readonly infrastructure: unknown
  readonly storage: unknown
}

async function makeAgents(url: string, count: number): Promise<Agents> {
  const { post } = plainHttp(url)
  await post('/work_queues/', { name: 'agents' })
  const infrastructure = await makeBlock(url, 'process', 'on-the-agent', {
    env: { STAGE: 'prod' },
    stream_output: true,
  })
  const storage = await makeBlock(url, 'local-file-system', 'flow-code', { basepath: '/srv/flows' })
  return { count, infrastructure, storage }
}

async function makeBlock(url: string, type: string, name: string, data: Row): Promise<unknown> {
  const { get, post, list } = plainHttp(url)
  const { id } = await get(`/block_types/slug/${type}`)
  const [schema] = await list('/block_schemas/filter', { block_schemas: { block_type_id: { any_: [id] } } })
  return (await post('/block_documents/', { name, data, block_type_id: id, block_schema_id: schema?.id })).id
}

async function makeDeployment(
  url: string,
  size: Size,
  { flows, agents }: { readonly flows: readonly string[]; readonly agents: Agents | undefined },
  index: number,
): Promise<Made> {
  const { post } = plainHttp(url)
  const flow = index % flows.length
  const wave = waveOf(size, flow)
  const every = size.every[index % size.every.length] ?? 0
  const isScheduled = index < size.scheduled
  const name = index < flows.length ? 'main' : `more-${index}`
  const counted = isScheduled && every > 0
  const schedule = counted
    ? { interval: every, anchor_date: '2026-01-01T00:00:00+00:00', timezone: 'UTC' }
    : distant[index % distant.length]
  // Agents have the last ones that run by a schedule.
  const isForAgents = agents && isScheduled && index >= size.scheduled - agents.count
  const { id } = await post('/deployments/', {
    name: isForAgents ? `agent-${name}` : name,
    flow_id: flows[flow],
    entrypoint: `flows/flow_${flow}.py:run`,
    path: '/srv/flows',
    parameters: { table: `t${index}` },
    tags: [wave],
    ...(isForAgents
      ? {
          work_queue_name: 'agents',
          infrastructure_document_id: agents.infrastructure,
          storage_document_id: agents.storage,
        }
      : { work_pool_name: `${wave}-pool` }),
    paused: !isScheduled,
    schedules: [{ schedule, active: true }],
  })
  const key = `${flowName(size, flow)}/${isForAgents ? 'agent-' : ''}${name}`
  return { name: key, wave, id: String(id), ...(counted ? { every } : {}) }
}

/** Automations of one wave that start a deployment of the next one, by plain HTTP. */
export async function makeAutomations(
  url: string,
  made: readonly Made[],
  { waves }: Size,
  count: number,
): Promise<void> {
  const { post } = plainHttp(url)
  for (const index of range(count)) {
    const [from, to] = [index, index + 1].map((turn) => waves[turn % waves.length] as string)
    const target = made.filter(({ wave }) => wave === to)[index]
    await post('/automations/', {
      name: `${from}-again-${index}`,
      enabled: true,
      trigger: { type: 'event', expect: ['prefect.flow-run.Crashed'], posture: 'Reactive', threshold: 1, within: 0 },
      actions: [{ type: 'run-deployment', source: 'selected', deployment_id: target?.id }],
    })
  }
}

/** The waves file of a platform. */
export function wavesFile(waves: readonly string[], overlay?: string): string {
  const lines = [...new Set(waves)].map(
    (name) => `  - {name: ${name}, include: ['deployment/${name}-*/**', 'automation/${name}-*']}`,
  )
  const head = `version: 1\nfrom: old\nto: new\n${overlay ? `overlay: ${overlay}\n` : ''}`
  return `${head}waves:\n${lines.join('\n')}\n`
}

/** An overlay that moves what agents ran to a pool with a worker. */
export function agentsOverlay(pool: string): string {
  const entry = `  - match: deployment/*/agent-*\n    refs: {queue: work-queue/${pool}/default}\n    remove: [/refs/infrastructure]\n`
  return `kind: overlay\nversion: 1\nentries:\n${entry}`
}
