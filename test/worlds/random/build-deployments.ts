import type { Row, Value } from '../world-json.ts'
import { create, freeform, labels, type Making, mention, names, tags } from './build-world.ts'
import type { Chance } from './chance.ts'
import { anyText, trapTexts } from './trap-texts.ts'
import { anyRow, anyValue } from './trap-values.ts'

const mayBeEmpty = /^[^/%&><]*$/s

/** Deployments with every field. */
export async function buildDeployments(making: Making): Promise<void> {
  const { chance, flows, deployments } = making
  for (const flow of flows)
    for (const name of names(chance, chance.below(4), mayBeEmpty)) {
      const body = { flow_id: flow.id ?? null, name, ...texts(chance), ...values(making), ...places(making) }
      const made = await create(making, deployments, '/deployments/', body)
      // A request with everything is refused for one part: a part of it may be legal.
      if (!made)
        await create(making, deployments, '/deployments/', {
          flow_id: flow.id ?? null,
          name,
          ...texts(chance),
          ...places(making),
          enforce_parameter_schema: false,
        })
    }
}

function texts(chance: Chance): Row {
  const fields = ['description', 'version', 'entrypoint', 'path']
  return Object.fromEntries(chance.some(fields, 4).map((field) => [field, chance.oneIn(5) ? null : anyText(chance)]))
}

function values(making: Making): Row {
  const { chance } = making
  const parameters = freeform(making)
  return {
    parameters,
    tags: tags(chance),
    labels: labels(chance),
    paused: chance.oneIn(3),
    enforce_parameter_schema: false,
    parameter_openapi_schema: parameterSchema(chance, Object.keys(parameters)),
    job_variables: chance.oneIn(3) ? {} : freeform(making),
    pull_steps: chance.pick([
      null,
      [],
      chance.times(2, () => freeform(making, 2)),
      [{ 'prefect.deployments.steps.run_shell_script': { script: anyText(chance) } }],
    ]),
    schedules: schedules(making),
    ...(chance.oneIn(3) ? { concurrency_options: { collision_strategy: chance.pick(['ENQUEUE', 'CANCEL_NEW']) } } : {}),
  }
}

function parameterSchema(chance: Chance, keys: readonly string[]): Row {
  if (chance.oneIn(4)) return {}
  const properties = keys.map((key, position): [string, Row] => [
    key,
    { title: key, position, default: anyValue(chance, 1), description: anyText(chance) },
  ])
  return {
    title: 'Parameters',
    type: 'object',
    properties: Object.fromEntries(properties),
    definitions: anyRow(chance, 1),
    required: chance.some(keys, 2),
  }
}

const zones = [null, 'UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Etc/GMT+12', 'US/Eastern']
const crons = [
  '0 0 * * *',
  '*/5 * * * *',
  '0 0 * * MON',
  '@daily',
  '0 0 l * *',
  '0 12 1-7 * 0',
  '59 23 31 12 *',
  '0 0 * * 1#1',
  '0 9 29 2 *',
]
const rules = [
  'DTSTART:20240101T000000\nRRULE:FREQ=DAILY',
  'DTSTART:20240101T000000\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE',
  'DTSTART:20240229T000000\nRRULE:FREQ=YEARLY;COUNT=4',
  'DTSTART:20240101T000000\nRRULE:FREQ=DAILY\nEXDATE:20240102T000000',
  'FREQ=HOURLY;COUNT=5',
]
const anchors = [
  '2024-01-01T00:00:00Z',
  '2024-01-01T00:00:00+02:00',
  '1999-12-31T23:59:59.999999Z',
  '2024-06-30T12:00:00-03:30',
]

function schedules(making: Making): Value {
  const { chance } = making
  return chance.times(chance.below(4), () => ({
    schedule: chance.pick<Row>([
      { cron: chance.pick(crons), timezone: chance.pick(zones), day_or: !chance.oneIn(3) },
      {
        interval: chance.pick([1, 60, 0.5, 3600.25, 86_400, 1e-6, 31_536_000]),
        anchor_date: chance.pick(anchors),
        timezone: chance.pick(zones),
      },
      { rrule: chance.pick(rules), timezone: chance.pick(zones) },
    ]),
    active: chance.oneIn(2),
    ...(chance.oneIn(2) ? { slug: chance.oneIn(2) ? chance.pick(trapTexts) : anyText(chance) } : {}),
    ...(chance.oneIn(2) ? { parameters: freeform(making, 2) } : {}),
  }))
}

function places(making: Making): Row {
  const { chance, pools, queues, blocks, limits } = making
  const place: Row = {}
  const pool = pools.length > 0 && !chance.oneIn(3) ? chance.pick(pools) : undefined
  const own = queues.filter((queue) => queue.work_pool_id === pool?.id)
  if (pool)
    Object.assign(
      place,
      { work_pool_name: pool.name },
      own.length > 0 && chance.oneIn(2) ? { work_queue_name: chance.pick(own).name } : {},
    )
  if (limits.length > 0 && chance.oneIn(4)) place.global_concurrency_limit_id = chance.pick(limits).id ?? null
  else if (chance.oneIn(4)) place.concurrency_limit = 1 + chance.below(9)
  if (blocks.length > 0 && chance.oneIn(5)) place.storage_document_id = chance.pick(blocks).id ?? null
  const unused = making.anonymous.pop()
  if (unused) place.infrastructure_document_id = unused.id ?? null
  else if (blocks.length > 0 && chance.oneIn(8)) place.infrastructure_document_id = chance.pick(blocks).id ?? null
  return chance.oneIn(4) ? { ...place, job_variables: { env: mention(making) } } : place
}
