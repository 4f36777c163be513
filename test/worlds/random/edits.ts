import { readServer } from '../read-server.ts'
import { isRow, type Row, text, type Value } from '../world-json.ts'
import type { Chance } from './chance.ts'
import { type ExactHttp, exactHttp } from './exact-http.ts'
import { anyText, trapTexts } from './trap-texts.ts'
import { anyRow, anyValue } from './trap-values.ts'

/** A random change of a server by plain requests, in words; undefined if the server refused it. */
type Edit = (editing: Editing) => Promise<string | undefined>

interface Editing {
  readonly chance: Chance
  readonly http: ExactHttp
  readonly rows: Awaited<ReturnType<typeof readServer>>
}

/** Makes up to `count` changes of any kind and field; returns what was done. */
export async function editAtRandom(url: string, chance: Chance, count: number): Promise<string[]> {
  const done: string[] = []
  for (let tries = 0; done.length < count && tries < 40; tries += 1) {
    const all = await readServer(url)
    const rows = { ...all, blocks: all.blocks.filter((row) => row.is_anonymous !== true) }
    const editing = { chance, http: exactHttp(url), rows }
    const said = await chance.pick(edits)(editing)
    if (said !== undefined) done.push(said)
  }
  return done
}

async function patch({ http }: Editing, path: string, body: Row, what: string): Promise<string | undefined> {
  return (await http.send('PATCH', path, body)) && `PATCH ${what} ${Object.keys(body).join()}`
}

/** An edit of one field, with a new value of its own. */
function field(
  list: keyof Editing['rows'],
  path: (row: Row) => string,
  values: (chance: Chance, row: Row) => Row,
): Edit {
  return async (editing) => {
    const rows = editing.rows[list] as readonly Row[]
    if (rows.length === 0) return undefined
    const row = editing.chance.pick(rows)
    const [key = '', value = null] = editing.chance.pick(Object.entries(values(editing.chance, row)))
    return patch(editing, path(row), { [key]: value }, `${list} ${JSON.stringify(row.name ?? row.tag)}`)
  }
}

const idPath = (base: string) => (row: Row) => `/${base}/${text(row.id)}`
const tags = (chance: Chance) => chance.times(chance.below(3), () => anyText(chance))
const limit = (chance: Chance) => chance.pick<Value>([null, 0, 3, 77])

const edits: readonly Edit[] = [
  field('flows', idPath('flows'), (chance) => ({ tags: tags(chance) })),
  field('variables', idPath('variables'), (chance) => ({ value: anyValue(chance), tags: tags(chance) })),
  field('limits', idPath('v2/concurrency_limits'), (chance) => ({
    limit: chance.pick([0, 3, 77]),
    active: chance.oneIn(2),
    slot_decay_per_second: chance.pick([0, 0.25, 3]),
  })),
  field('queues', idPath('work_queues'), (chance) => ({
    description: anyText(chance),
    is_paused: chance.oneIn(2),
    concurrency_limit: limit(chance),
    priority: 1 + chance.below(20),
  })),
  field(
    'pools',
    (row) => `/work_pools/${encodeURIComponent(text(row.name))}`,
    (chance) => ({
      description: chance.pick([null, anyText(chance)]),
      is_paused: chance.oneIn(2),
      concurrency_limit: limit(chance),
      base_job_template: poolTemplate(chance),
    }),
  ),
  field('deployments', idPath('deployments'), deploymentFields),
  field('deployments', idPath('deployments'), deploymentFields),
  editSchedules,
  editBlock,
  editBlock,
  editAutomation,
  editAutomation,
  field('automations', idPath('automations'), (_, row) => ({ enabled: row.enabled !== true })),
  editSearch,
  remove('variables', idPath('variables')),
  remove('automations', idPath('automations')),
  remove('savedSearches', idPath('saved_searches')),
  remove('deployments', idPath('deployments')),
  remove('flows', idPath('flows')),
  remove('pools', (row) => `/work_pools/${encodeURIComponent(text(row.name))}`),
  remove('queues', idPath('work_queues')),
  remove('blocks', idPath('block_documents')),
  remove('limits', idPath('v2/concurrency_limits')),
  moveDeployment,
]

function deploymentFields(chance: Chance, row: Row): Row {
  const parameters = isRow(row.parameters) ? row.parameters : {}
  return {
    description: chance.pick([null, anyText(chance)]),
    version: anyText(chance),
    entrypoint: chance.pick([null, anyText(chance)]),
    path: anyText(chance),
    tags: tags(chance),
    paused: row.paused !== true,
    parameters: { ...parameters, [chance.pick(trapTexts)]: anyValue(chance) },
    job_variables: anyRow(chance),
    pull_steps: chance.pick<Value>([null, [], [anyRow(chance, 2)]]),
    parameter_openapi_schema: { type: 'object', properties: {}, title: anyText(chance) },
    enforce_parameter_schema: chance.oneIn(2),
    concurrency_options: chance.pick<Value>([null, { collision_strategy: 'CANCEL_NEW' }]),
  }
}

function poolTemplate(chance: Chance): Row {
  return chance.oneIn(4)
    ? {}
    : {
        job_configuration: { a: '{{ a }}', b: anyText(chance) },
        variables: { properties: { a: { default: anyValue(chance, 1) } } },
      }
}

async function editSchedules(editing: Editing): Promise<string | undefined> {
  const { chance, http, rows } = editing
  const some = rows.deployments.filter(({ schedules }) => Array.isArray(schedules) && schedules.length > 0)
  if (some.length === 0) return undefined
  const deployment = chance.pick(some)
  const schedule = chance.pick(deployment.schedules as Row[])
  const path = `/deployments/${text(deployment.id)}/schedules`
  if (chance.oneIn(3))
    return (
      (await http.send('DELETE', `${path}/${text(schedule.id)}`)) && `DELETE a schedule of ${text(deployment.name)}`
    )
  const body: Row = chance.oneIn(2)
    ? { active: schedule.active !== true }
    : { schedule: { cron: '1 2 3 4 *', timezone: 'UTC' } }
  return patch(
    editing,
    `${path}/${text(schedule.id)}`,
    { ...body, parameters: schedule.parameters ?? {} },
    `schedule of ${text(deployment.name)}`,
  )
}

/** A new value of one key of a document; links stay. */
async function editBlock(editing: Editing): Promise<string | undefined> {
  const { chance, rows } = editing
  if (rows.blocks.length === 0) return undefined
  const block = chance.pick(rows.blocks)
  const links = isRow(block.block_document_references) ? block.block_document_references : {}
  const kept = Object.entries(links).map(([key, link]): [string, Value] => {
    const target = isRow(link) && isRow(link.block_document) ? (link.block_document.id ?? null) : null
    return [key, { $ref: { block_document_id: target } }]
  })
  const old = isRow(block.data) ? block.data : {}
  const key = chance.pick([...Object.keys(old), chance.pick(trapTexts)])
  const dropped = chance.oneIn(4) ? [] : [[key, anyValue(chance, 2)] as [string, Value]]
  const data = Object.fromEntries([
    ...Object.entries(old).filter(([name]) => name !== key),
    ...kept.filter(([name]) => name !== key || chance.oneIn(2)),
    ...dropped,
  ])
  const body = { data, block_schema_id: block.block_schema_id ?? null, merge_existing_data: false }
  return patch(editing, `/block_documents/${text(block.id)}`, body, `block ${text(block.name)} ${JSON.stringify(key)}`)
}

async function editAutomation({ chance, http, rows }: Editing): Promise<string | undefined> {
  if (rows.automations.length === 0) return undefined
  const row = chance.pick(rows.automations)
  const keys = [
    'name',
    'description',
    'enabled',
    'tags',
    'trigger',
    'actions',
    'actions_on_trigger',
    'actions_on_resolve',
  ]
  const body = Object.fromEntries(
    keys.filter((key) => key in row).map((key): [string, Value] => [key, row[key] ?? null]),
  )
  const changes: Row = {
    description: anyText(chance),
    tags: tags(chance),
    actions: [{ type: 'do-nothing' }],
    actions_on_resolve: [{ type: 'cancel-flow-run' }],
    trigger: { type: 'event', posture: 'Reactive', within: 0, expect: [anyText(chance)] },
  }
  const [key = '', value = null] = chance.pick(Object.entries(changes))
  return (
    (await http.send('PUT', `/automations/${text(row.id)}`, { ...body, [key]: value })) &&
    `PUT automation ${JSON.stringify(row.name)} ${key}`
  )
}

async function editSearch({ chance, http, rows }: Editing): Promise<string | undefined> {
  if (rows.savedSearches.length === 0) return undefined
  const { name = '' } = chance.pick(rows.savedSearches)
  const filters = [{ object: anyText(chance), property: '', type: '', operation: '', value: anyValue(chance) }]
  return (await http.send('PUT', '/saved_searches/', { name, filters })) && `PUT saved search ${JSON.stringify(name)}`
}

async function moveDeployment(editing: Editing): Promise<string | undefined> {
  const { chance, rows } = editing
  if (rows.deployments.length === 0 || rows.queues.length === 0) return undefined
  const [deployment, queue] = [chance.pick(rows.deployments), chance.pick(rows.queues)]
  const body = { work_pool_name: queue.work_pool_name ?? null, work_queue_name: queue.name ?? null }
  return patch(editing, `/deployments/${text(deployment.id)}`, body, `deployment ${JSON.stringify(deployment.name)}`)
}

function remove(list: keyof Editing['rows'], path: (row: Row) => string): Edit {
  return async ({ chance, http, rows }) => {
    const all = rows[list] as readonly Row[]
    if (all.length === 0 || !chance.oneIn(3)) return undefined
    const row = chance.pick(all)
    return (await http.send('DELETE', path(row))) && `DELETE ${list} ${JSON.stringify(row.name ?? '')}`
  }
}
