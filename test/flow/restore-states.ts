import type { PrefectServer } from '../servers/servers.ts'
import { type Plain, plainHttp, type Row } from '../support/plain-http.ts'
import { runSql } from '../support/sqlite.ts'

/** A template whose variable `cpu` has this schema. */
function template(cpu: Row, more: Row = {}): Row {
  const properties = { cpu, env: { type: 'object', default: {} } }
  return {
    job_configuration: { cpu: '{{ cpu }}', env: '{{ env }}' },
    variables: { type: 'object', properties },
    ...more,
  }
}

const gone = '00000000-0000-4000-8000-000000000001'
const number = { type: 'integer', default: 1 }
const parameterSchema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
const daily = { schedule: { cron: '0 5 * * *', timezone: 'UTC' }, active: true, slug: 'daily' }

/** What each deployment sends beside its name, and that its pool's template is changed afterwards. */
const deployments: Readonly<Record<string, Row>> = {
  text_for_number: { job_variables: { cpu: '500m' } },
  variable_for_number: { job_variables: { cpu: '{{ prefect.variables.cpu }}' }, schedules: [daily] },
  block_for_number: { job_variables: { cpu: '{{ prefect.blocks.secret.cpu }}' }, labels: { team: 'data' } },
  missing_block: { job_variables: { cpu: { $ref: { block_document_id: gone } } } },
  null_for_number: { job_variables: { cpu: null, env: null } },
  paused_with_limit: { job_variables: { cpu: '1' }, paused: true, concurrency_limit: 3, schedules: [daily] },
  nothing_fits: {
    job_variables: { cpu: '500m' },
    parameters: { n: 'not a number' },
    parameter_openapi_schema: parameterSchema,
    concurrency_limit: 2,
    schedules: [daily, { ...daily, slug: 'other', active: false }],
    labels: { tier: 1 },
  },
  no_schema: { job_variables: { cpu: '2' }, parameters: { n: 1 }, parameter_openapi_schema: null },
  unfit_parameters: { parameters: { n: [] }, parameter_openapi_schema: parameterSchema },
}

/** Makes states that the server holds, and that no create of it accepts any more. */
export async function makeStates(server: PrefectServer): Promise<void> {
  const http = plainHttp(server.url)
  await http.post('/work_pools/', { name: 'later', type: 'kubernetes', base_job_template: template({}) })
  await http.post('/work_pools/later/queues', { name: 'fast' })
  const { id: flow_id } = await http.post('/flows/', { name: 'etl', labels: { owner: 'data' } })
  for (const [index, [name, body]] of Object.entries(deployments).entries()) {
    const queue = index % 2 === 0 ? { work_queue_name: 'fast' } : {}
    await http.post('/deployments/', { name, flow_id, work_pool_name: 'later', ...queue, ...body })
  }
  const shared = await http.post('/v2/concurrency_limits/', { name: 'shared', limit: 2 })
  const linked = { job_variables: { cpu: 'all' }, global_concurrency_limit_id: shared.id, work_pool_name: 'later' }
  await http.post('/deployments/', { name: 'shared_limit', flow_id, ...linked })
  const { parameters, parameter_openapi_schema } = deployments.unfit_parameters ?? {}
  await http.post('/deployments/', {
    name: 'shared_and_unfit',
    flow_id,
    ...linked,
    parameters,
    parameter_openapi_schema,
  })
  // From now on the variable is a number, and what the deployments say does not fit any more.
  await http.patch('/work_pools/later', { base_job_template: template(number) })
  await makePools(http)
}

async function makePools(http: Plain): Promise<void> {
  const changed: readonly [string, Row][] = [
    ['invalid_default', template({ type: 'integer', default: 'many' })],
    ['missing_default_block', template({ default: { $ref: { block_document_id: gone } } })],
    ['invalid_schema', template({ type: 'no such type' })],
    ['both_paused', template({ type: 'integer', default: [] })],
  ]
  for (const [name, base_job_template] of changed) {
    const is_paused = name === 'both_paused'
    const pool = await http.post('/work_pools/', { name, type: 'docker', is_paused, concurrency_limit: 4 })
    await http.patch(`/work_queues/${pool.default_queue_id}`, { name: 'main', priority: 3 })
    await http.patch(`/work_pools/${name}`, { base_job_template })
  }
}

/** Makes states that no request can make: in the database, as an older version left them. */
export async function makeLeftovers(server: PrefectServer): Promise<void> {
  const http = plainHttp(server.url)
  const { id: flow_id } = await http.post('/flows/', { name: 'old' })
  for (const [name, broken] of [
    ['undeclared', { ...template({}), job_configuration: { image: '{{ image }}' } }],
    ['no_variables', { job_configuration: { command: 'run' } }],
  ] as const) {
    await http.post('/work_pools/', { name, type: 'process' })
    await http.post('/deployments/', { name: `on_${name}`, flow_id, work_pool_name: name })
    runSql(server, `update work_pool set base_job_template = '${JSON.stringify(broken)}' where name = '${name}'`)
  }
  await http.post('/work_pools/', { name: 'tight', type: 'process', base_job_template: template({}) })
  const { id: deployment_id } = await http.post('/deployments/', { name: 'run', flow_id, work_pool_name: 'tight' })
  const run = { type: 'run-deployment', source: 'selected', deployment_id, job_variables: { cpu: '500m' } }
  const trigger = { type: 'event', posture: 'Reactive', expect: ['never'], within: 0 }
  await http.post('/automations/', { name: 'run-it', trigger, actions: [run] })
  await http.patch('/work_pools/tight', { base_job_template: template(number) })
  await http.post('/variables/', { name: 'renamed', value: 1 })
  runSql(server, `update variable set name = 'Old Name' where name = 'renamed'`)
  const { id: block_type_id } = await http.post('/block_types/', { name: 'Old', slug: 'old' })
  const fields = { title: 'Old', type: 'object', properties: {} }
  const { id: block_schema_id } = await http.post('/block_schemas/', { block_type_id, fields })
  await http.post('/block_documents/', { name: 'renamed', block_type_id, block_schema_id, data: {} })
  runSql(server, `update block_document set name = 'Old_Name' where name = 'renamed'`)
  await http.post('/deployments/', { name: 'slash', flow_id })
  runSql(server, `update deployment set name = 'a/b' where name = 'slash'`)
  await http.post('/deployments/', { name: 'bare_rule', flow_id, schedules: [daily] })
  const rule = JSON.stringify({ rrule: 'FREQ=WEEKLY', timezone: 'UTC' })
  const ofOne = `select id from deployment where name = 'bare_rule'`
  runSql(server, `update deployment_schedule set schedule = '${rule}' where deployment_id in (${ofOne})`)
}

/** What a plan for an empty server must say of each of them. */
export const toldLeftovers: Readonly<Record<string, RegExp>> = {
  'work-pool/undeclared': /does not declare: image/,
  'work-pool/no_variables': /without variables/,
  'deployment/old/on_undeclared': /needs work-queue\/undeclared\/default/,
  'deployment/old/on_no_variables': /needs work-queue\/no_variables\/default/,
  'variable/Old Name': /refuses the name "Old Name"/,

  'block/old/Old_Name': /refuses the name "Old_Name"/,
  'deployment/old/a%2Fb': /refuses the name "a\/b"/,
}
