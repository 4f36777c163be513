import type { Json, JsonObject } from '../../json.ts'
import type { OpenRun, RunControl } from '../../kind.ts'
import type { Id, Reader } from '../../model.ts'
import { isPrefect2 } from '../../version.ts'
import { at, object, objects, text } from '../endpoints.ts'
import { createCollector, readInTurn } from '../read-pages.ts'

/** Deployments that are asked for in one request. */
const batch = 50

const inFlight = ['PENDING', 'RUNNING', 'CANCELLING']

/** How the runs of deployments are read and made while these move from one server to another. */
export const runControl: RunControl = {
  async open(reader, ids, before) {
    const types = (any_: readonly string[]): JsonObject => ({ state: { type: { any_: [...any_] } } })
    const time = before ? { expected_start_time: { before_: before.toISOString() } } : {}
    const [begun, waiting] = await Promise.all([
      runsOf(reader, ids, types([...inFlight, 'PAUSED'])),
      runsOf(reader, ids, { ...types(['SCHEDULED']), ...time }),
    ])
    // One that begins between the two requests is in both, or in neither; the next look has it.
    const seen = new Map([...waiting, ...begun].map((raw) => [text(raw, 'id'), raw]))
    return [...seen.values()].map(openRun).sort((a, b) => a.at - b.at)
  },
  async starts(reader, ids, from, to) {
    const time = { after_: from.toISOString(), before_: to.toISOString() }
    return (await runsOf(reader, ids, { expected_start_time: time })).map(openRun)
  },
  async clear(api, id, version) {
    // Both delete them whether the deployment was paused before or not.
    if (isPrefect2(version)) await api.send('PATCH', at`/deployments/${id}`, { paused: true })
    else await api.send('POST', at`/deployments/${id}/pause_deployment`)
  },
  async create(api, id, { at: time, key, parameters }) {
    await api.send('POST', at`/deployments/${id}/create_flow_run`, {
      state: { type: 'SCHEDULED', state_details: { scheduled_time: new Date(time).toISOString() } },
      parameters,
      idempotency_key: key,
      tags: ['auto-scheduled'],
    })
  },
  parameters: ({ spec }) => objects(spec.schedules).map(({ parameters }) => object(parameters)),
}

async function runsOf(reader: Reader, ids: readonly Id[], filter: JsonObject): Promise<readonly JsonObject[]> {
  const batches = Array.from({ length: Math.ceil(ids.length / batch) }, (_, index) =>
    ids.slice(index * batch, (index + 1) * batch),
  )
  const found: JsonObject[] = []
  for (const some of batches) {
    const collector = createCollector(undefined)
    const body = { deployments: { id: { any_: some } }, flow_runs: filter, sort: 'EXPECTED_START_TIME_ASC' }
    await readInTurn({ reader, path: '/flow_runs/filter', body }, collector, {})
    found.push(...collector.unreported)
  }
  return found
}

function openRun(raw: JsonObject): OpenRun {
  return {
    id: text(raw, 'id') as Id,
    name: text(raw, 'name'),
    of: text(raw, 'deployment_id') as Id,
    state: stateOf(raw),
    at: Date.parse(text(raw, 'expected_start_time')),
    auto: raw.auto_scheduled === true,
  }
}

/** A run that waits for its next attempt was begun: its flow is not done. */
function stateOf({ state_type: type, run_count: count }: JsonObject): OpenRun['state'] {
  if (type === 'PAUSED') return 'suspended'
  return type === 'SCHEDULED' && !hasBegun(count) ? 'waiting' : 'in-flight'
}

function hasBegun(count: Json | undefined): boolean {
  return Number(count ?? 0) > 0
}
