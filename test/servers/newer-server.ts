import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

type Row = Record<string, unknown>

/** A real server behind a proxy that makes it look like a version of the future. */
export interface NewerServer {
  readonly url: string
  /** Requests for the API document so far. */
  documents(): number
  /** Whether the server shows its API document. */
  show(isShown: boolean): void
  close(): Promise<void>
}

export const futureVersion = '3.99.0'

/** The models of each list: those whose objects get the field `future`. */
const models = [
  ...['Variable', 'VariableCreate', 'VariableUpdate', 'Flow', 'FlowCreate', 'FlowUpdate'],
  ...['GlobalConcurrencyLimitResponse', 'ConcurrencyLimitV2Create', 'ConcurrencyLimitV2Update'],
  ...['BlockType', 'BlockTypeCreate', 'BlockSchema', 'BlockSchemaCreate', 'BlockDocument', 'BlockDocumentCreate'],
  ...['WorkPoolResponse', 'WorkPoolCreate', 'WorkQueueResponse', 'WorkQueueCreate', 'Automation', 'AutomationCreate'],
  ...['DeploymentResponse', 'DeploymentCreate', 'DeploymentSchedule', 'SavedSearch', 'SavedSearchCreate'],
  ...['WorkPoolStorageConfiguration', 'ServerDefaultResultStorage'],
]

/** The document of the server with a field in every model, a kind, and new forms and values. */
function newDocument(document: Row): Row {
  const { schemas } = document.components as { schemas: Record<string, Row> }
  const text = { anyOf: [{ type: 'string' }, { type: 'null' }] }
  for (const model of models) if (schemas[model]) Object.assign(schemas[model].properties as Row, { future: text })
  const form = (properties: Row) => ({ type: 'object', properties })
  schemas.SolarSchedule = form({ solar: { type: 'string' }, timezone: text })
  schemas.WeatherTrigger = form({ type: { const: 'weather', default: 'weather' }, place: text })
  Object.assign((schemas.CronSchedule as Row).properties as Row, { jitter: { type: 'number', default: 0 } })
  const add = (model: string, field: string, to: string) => {
    const property = ((schemas[model] as Row).properties as Row)[field] as Row
    ;(property.anyOf as Row[]).push({ $ref: `#/components/schemas/${to}` })
  }
  add('DeploymentSchedule', 'schedule', 'SolarSchedule')
  add('Automation', 'trigger', 'WeatherTrigger')
  ;((schemas.ConcurrencyLimitStrategy as Row).enum as string[]).push('REPLACE')
  const paths = document.paths as Row
  paths['/api/widgets/filter'] = { post: {} }
  return document
}

/** The rows of a list as such a server would return them. */
function newRows(path: string, rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => {
    const out: Row = { ...row, future: 'on' }
    if (path.startsWith('/deployments/')) Object.assign(out, newDeployment(row))
    if (path.startsWith('/work_pools/filter') && row.storage_configuration)
      out.storage_configuration = { ...(row.storage_configuration as Row), future: 'on' }
    if (path.startsWith('/automations/') && row.name === 'run next')
      Object.assign(out, { trigger: { type: 'weather', place: 'Berlin', id: row.id } })
    return out
  })
}

function newDeployment(row: Row): Row {
  const schedules = (row.schedules as Row[]).map((one) => {
    const schedule = one.schedule as Row
    if (schedule.cron !== undefined) return { ...one, schedule: { ...schedule, jitter: 5 } }
    if (schedule.interval !== undefined) return { ...one, schedule: { solar: 'sunset', timezone: 'UTC' } }
    return { ...one, future: 'on' }
  })
  const options = row.concurrency_options as Row | null | undefined
  return {
    schedules,
    ...(options ? { concurrency_options: { ...options, collision_strategy: 'REPLACE' } } : {}),
  }
}

/** Opens the proxy for the API at `target`. Only what it returns is changed, not what it passes on. */
export async function openNewer(target: string): Promise<NewerServer> {
  const state = { isShown: true, documents: 0 }
  const server = createServer(async (incoming, outgoing) => {
    const path = (incoming.url ?? '').replace(/\?.*/, '').replace(/^\/api/, '')
    if (path === '/openapi.json') state.documents++
    const given = await passOn(target, path, incoming)
    const hidden = path === '/openapi.json' && !state.isShown
    const { status, text } = hidden ? { status: 404, text: '{"detail":"Not Found"}' } : given
    outgoing
      .writeHead(status, { 'content-type': 'application/json' })
      .end(status === 204 ? undefined : changed(path, status, text))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    documents: () => state.documents,
    show: (isShown) => {
      state.isShown = isShown
    },
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections()
        server.close(() => closed())
      }),
  }
}

/** The document of a real server, which takes seconds to make. */
let document: string | undefined

async function passOn(target: string, path: string, incoming: IncomingMessage) {
  if (path === '/openapi.json' && document !== undefined) return { status: 200, text: document }
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const answer = await fetch(new URL((incoming.url ?? '').replace(/^\/api\//, ''), `${target}/`), {
    method: incoming.method ?? 'GET',
    headers: { 'content-type': incoming.headers['content-type'] ?? 'application/json' },
    ...(body.length > 0 ? { body } : {}),
  })
  const text = await answer.text()
  if (path === '/openapi.json' && answer.ok) document = text
  return { status: answer.status, text }
}

function changed(path: string, status: number, text: string): string {
  if (path === '/admin/version') return JSON.stringify(futureVersion)
  if (status !== 200) return text
  if (path === '/openapi.json') return JSON.stringify(newDocument(JSON.parse(text)))
  const isList = path.endsWith('/filter') && !path.includes('runs')
  if (path === '/admin/storage') return JSON.stringify({ ...JSON.parse(text), future: 'on' })
  return isList ? JSON.stringify(newRows(path, JSON.parse(text))) : text
}
