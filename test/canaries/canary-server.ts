import { createHash } from 'node:crypto'
import { plainHttp, type Row } from '../support/plain-http.ts'

/** A secret that occurs nowhere else. It has what is quoted differently in JSON, Python, YAML, URLs and HTML. */
export function canary(place: string): string {
  const digits = createHash('sha256').update(place).digest('base64url').slice(0, 18)
  return `${digits.slice(0, 9)}'"\\é<&${digits.slice(9)}`
}

/** A secret for places in which only letters are legal, such as URLs. */
export const plainCanary = (place: string) => canary(place).replaceAll(/[^A-Za-z0-9]/g, 'x')

/** Fills a server with secrets in every place that can hold one; returns them. `side` makes them different on each server. */
export async function plantCanaries(url: string, side: string): Promise<readonly string[]> {
  const http = plainHttp(url)
  const all: string[] = []
  const secret = (place: string, make = canary) => {
    const value = make(`${side} ${place}`)
    all.push(value)
    return value
  }
  const block = async (slug: string, name: string, data: Row) => {
    const type = await http.get(`/block_types/slug/${slug}`)
    const [schema] = await http.list('/block_schemas/filter', { block_schemas: { block_type_id: { any_: [type.id] } } })
    return http.post('/block_documents/', { name, block_type_id: type.id, block_schema_id: schema?.id, data })
  }
  const token = await block('secret', 'token', { value: secret('secret block') })
  await block('secret', 'login', {
    value: { user: 'a', password: secret('secret in JSON'), list: [secret('secret in a list')] },
  })
  const hook = await block('webhook', 'hook', {
    method: 'POST',
    url: `https://a:${secret('webhook', plainCanary)}@example.com/`,
    headers: { 'x-token': secret('header') },
  })
  await block('slack-webhook', 'slack', { url: `https://hooks.slack.com/services/${secret('slack', plainCanary)}` })
  await block('aws-credentials', 'aws', { aws_access_key_id: 'AKIA', aws_secret_access_key: secret('masked field') })
  const own = await ownType(http)
  await http.post('/block_documents/', {
    name: 'own',
    ...own,
    data: {
      deep: { token: secret('nested field') },
      h: { a: secret('any key') },
      rows: [{ token: secret('in a list of objects') }],
    },
  })
  await http.post('/variables/', { name: 'db_password', value: secret('variable') })
  await http.post('/variables/', { name: 'config', value: { db: { password: secret('variable in JSON') } } })
  const template = {
    job_configuration: { env: '{{ env }}' },
    variables: { properties: { env: { default: { PASSWORD: secret('template') } } } },
  }
  await http.post('/work_pools/', { name: 'pool', type: 'process', base_job_template: template })
  const { id: flow_id } = await http.post('/flows/', { name: 'flow' })
  const deployment = await http.post('/deployments/', {
    name: 'one',
    flow_id,
    enforce_parameter_schema: false,
    parameters: { api_key: secret('parameter'), login: { $ref: { block_document_id: token.id } } },
    job_variables: { env: { API_TOKEN: secret('job variable') } },
    pull_steps: [{ git_clone: { repository: `https://a:${secret('URL', plainCanary)}@example.com/x.git` } }],
    schedules: [
      { active: false, schedule: { cron: '0 0 * * *' }, slug: 's', parameters: { token: secret('schedule') } },
    ],
  })
  const trigger = { type: 'event', posture: 'Reactive', expect: ['never'], within: 0 }
  const run = {
    type: 'run-deployment',
    source: 'selected',
    deployment_id: deployment.id,
    parameters: { password: secret('action') },
  }
  const call = { type: 'call-webhook', block_document_id: hook.id, payload: `token: ${secret('payload')}` }
  await http.post('/automations/', { name: 'auto', trigger, actions: [run, call], enabled: false })
  return all
}

async function ownType(http: ReturnType<typeof plainHttp>): Promise<Row> {
  const { id: block_type_id } = await http.post('/block_types/', { name: 'Own', slug: 'own' })
  const properties = { deep: { type: 'object' }, h: { type: 'object' }, rows: { type: 'array' } }
  const fields = {
    title: 'Own',
    type: 'object',
    block_type_slug: 'own',
    block_schema_references: {},
    secret_fields: ['deep.token', 'h.*', 'rows.token'],
    properties,
  }
  const { id: block_schema_id } = await http.post('/block_schemas/', { block_type_id, fields, capabilities: [] })
  return { block_type_id, block_schema_id }
}

/** The places that no schema declares secret. */
export const policy = `secret_paths:
  - variable/db_password#/spec/value
  - variable/config#/spec/value/db/password
  - work-pool/*#/spec/base_job_template/variables/properties/env/default/*
  - deployment/**#/spec/parameters/api_key
  - deployment/**#/spec/job_variables/env/*
  - deployment/**#/spec/pull_steps/*/git_clone/repository
  - deployment/**#/spec/schedules/*/parameters/token
  - automation/*#/spec/actions/*/parameters/password
  - automation/*#/spec/actions/*/payload
`
