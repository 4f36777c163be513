import { type Plain, plainHttp, type Row } from './plain-http.ts'

/** What deployments of several teams share on a server, by the IDs that it has there. */
export interface Platform {
  readonly http: Plain
  readonly pool: string
  readonly queue: string
  readonly token: string
  readonly results: string
  readonly limit: string
  readonly flow: string
  /** Everything of it as the server shows it, with the times of the last changes. */
  state(): Promise<unknown>
}

/**
 * Makes by plain HTTP what a deployment refers to: a pool `k8s` with a queue `high`, blocks `secret/prod-token` and
 * `local-file-system/results`, a limit `db`, a flow `etl` and a variable `bucket`; `size` and `word` are values in them.
 */
export async function makePlatform(url: string, size: number, word: string): Promise<Platform> {
  const http = plainHttp(url)
  const idOf = (row: Row) => String(row.id)
  const pool = idOf(await http.post('/work_pools/', { name: 'k8s', type: 'process', concurrency_limit: size }))
  const queue = idOf(await http.post('/work_pools/k8s/queues', { name: 'high', concurrency_limit: size }))
  const block = async (type: string, name: string, data: Row) => {
    const { id: block_type_id } = await http.get(`/block_types/slug/${type}`)
    const [schema] = (await http.list('/block_schemas/filter', {})).filter((row) => row.block_type_id === block_type_id)
    return idOf(await http.post('/block_documents/', { name, data, block_type_id, block_schema_id: schema?.id }))
  }
  const token = await block('secret', 'prod-token', { value: word })
  const results = await block('local-file-system', 'results', { basepath: `/tmp/${word}` })
  const limit = idOf(await http.post('/v2/concurrency_limits/', { name: 'db', limit: size }))
  const flow = idOf(await http.post('/flows/', { name: 'etl', tags: [word] }))
  await http.post('/variables/', { name: 'bucket', value: word })
  const state = async () => ({
    pools: (await http.list('/work_pools/filter', {})).map(({ status: _, ...row }) => row),
    queues: (await http.list('/work_queues/filter', {})).map(({ status: _, last_polled: __, ...row }) => row),
    blocks: await http.list('/block_documents/filter', { include_secrets: true, block_documents: {} }),
    limits: await http.list('/v2/concurrency_limits/filter', {}),
    flows: await http.list('/flows/filter', {}),
    variables: await http.list('/variables/filter', {}),
  })
  return { http, pool, queue, token, results, limit, flow, state }
}
