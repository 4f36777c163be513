import { type Bare, eachConcurrent } from './bare.ts'
import { flowsAndDeployments } from './worlds.ts'

/** The number of resources of each kind. */
export interface Estate {
  readonly flows: number
  readonly deployments: number
  /** Each has two queues in addition to `default`. */
  readonly pools: number
  readonly variables: number
  readonly blocks: number
  readonly automations: number
}

/** The number of resources in an estate, including the `default` queue of each pool. */
export function sizeOfEstate({ flows, deployments, pools, variables, blocks, automations }: Estate): number {
  return flows + deployments + 4 * pools + variables + blocks + automations
}

type Made = { readonly id: string }

/** Fills a server with a typical platform: deployments on queues, blocks with secrets, automations that run deployments. */
export async function fillEstate(estate: Estate, bare: Bare, connections: number): Promise<void> {
  const each = <T>(count: number, work: (index: number) => Promise<T>) =>
    eachConcurrent(
      Array.from({ length: count }, (_, index) => index),
      connections,
      work,
    )
  await each(estate.variables, (index) =>
    bare.send('POST', '/variables/', {
      name: `variable_${index}`,
      value: { number: index, on: true },
      tags: ['bench'],
    }),
  )
  await fillBlocks(estate.blocks, bare, each)
  await each(estate.pools, async (index) => {
    await bare.send('POST', '/work_pools/', { name: `pool-${index}`, type: 'process', base_job_template: {} })
    for (const name of ['high', 'low']) await bare.send('POST', `/work_pools/pool-${index}/queues`, { name })
  })
  const flows: string[] = []
  await each(estate.flows, async (index) => {
    flows[index] = ((await bare.send('POST', '/flows/', { name: `flow-${index}`, tags: ['bench'] })) as Made).id
  })
  const deployments = await fillDeployments(estate, flows, bare, each)
  await each(estate.automations, (index) =>
    bare.send('POST', '/automations/', automationOf(index, deployments[index % deployments.length] ?? '')),
  )
}

type Each = <T>(count: number, work: (index: number) => Promise<T>) => Promise<void>

async function fillBlocks(count: number, bare: Bare, each: Each): Promise<void> {
  const { id: block_type_id } = (await bare.send('GET', '/block_types/slug/secret')) as Made
  const filter = { block_schemas: { block_type_id: { any_: [block_type_id] } } }
  const [schema] = (await bare.send('POST', '/block_schemas/filter', filter)) as Made[]
  const send = (index: number) =>
    bare.send('POST', '/block_documents/', {
      name: `token-${index}`,
      data: { value: `value of token ${index}` },
      block_type_id,
      block_schema_id: schema?.id,
    })
  // The first one alone: it makes the server create its encryption key, and concurrent ones would be refused.
  if (count > 0) await send(0)
  await each(count - 1, (index) => send(index + 1))
}

async function fillDeployments(estate: Estate, flows: readonly string[], bare: Bare, each: Each): Promise<string[]> {
  const [sample] = flowsAndDeployments(1).deployments
  const ids: string[] = []
  await each(estate.deployments, async (index) => {
    const body = {
      ...sample?.spec,
      name: `main-${Math.floor(index / estate.flows)}`,
      flow_id: flows[index % estate.flows],
      version: `1.${index}`,
      ...(estate.pools > 0
        ? { work_pool_name: `pool-${index % estate.pools}`, work_queue_name: index % 2 ? 'high' : 'low' }
        : {}),
      job_variables: { env: { TOKEN: `{{ prefect.blocks.secret.token-${index % estate.blocks} }}` } },
    }
    ids[index] = ((await bare.send('POST', '/deployments/', body)) as Made).id
  })
  return ids
}

function automationOf(index: number, deployment: string) {
  return {
    name: `run again ${index}`,
    enabled: false,
    trigger: {
      type: 'event',
      posture: 'Reactive',
      match: { 'prefect.resource.id': 'prefect.flow-run.*' },
      match_related: { 'prefect.resource.id': `prefect.deployment.${deployment}` },
      expect: ['prefect.flow-run.Failed'],
      threshold: 1,
      within: 0,
    },
    actions: [{ type: 'run-deployment', source: 'selected', deployment_id: deployment, parameters: {} }],
  }
}
