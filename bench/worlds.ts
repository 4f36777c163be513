import { writeFileSync } from 'node:fs'
import { type Bare, eachConcurrent } from './bare.ts'

/** A synthetic platform of flows with one deployment each, which `prefect transfer` can transfer completely. */
export interface World {
  readonly flows: readonly { readonly name: string; readonly tags: readonly string[] }[]
  readonly deployments: readonly { readonly flow: string; readonly spec: Readonly<Record<string, unknown>> }[]
}

/** `count` flows and deployments, each of realistic size (1.4 kB of YAML). */
export function flowsAndDeployments(count: number): World {
  const names = Array.from({ length: count }, (_, index) => `flow-${String(index + 1).padStart(5, '0')}`)
  return {
    flows: names.map((name, index) => ({ name, tags: ['bench', `team-${index % 7}`] })),
    deployments: names.map((flow, index) => ({ flow, spec: deploymentOf(flow, index) })),
  }
}

function deploymentOf(flow: string, index: number): Record<string, unknown> {
  const columns = ['id', 'created_at', 'updated_at', 'customer', 'amount', 'currency', 'country']
  return {
    description: `Loads table ${index} every night and tells the team when a row is missing.`,
    version: `1.${index}`,
    tags: ['bench', index % 2 ? 'hourly' : 'nightly'],
    entrypoint: `flows/${flow.replaceAll('-', '_')}.py:main`,
    path: '/srv/platform',
    parameters: { table: `raw.table_${index}`, columns, batch: 1000 + index, dry_run: false },
    parameter_openapi_schema: {
      title: 'Parameters',
      type: 'object',
      properties: {
        table: { title: 'table', type: 'string', position: 0 },
        columns: { title: 'columns', type: 'array', items: { type: 'string' }, position: 1 },
        batch: { title: 'batch', type: 'integer', default: 1000, position: 2 },
        dry_run: { title: 'dry_run', type: 'boolean', default: false, position: 3 },
      },
      required: ['table', 'columns'],
    },
    paused: true,
  }
}

/** The platform as a snapshot. */
export function snapshotOf({ flows, deployments }: World): string {
  const documents = [
    'kind: snapshot\nversion: 1\n',
    ...flows.map(({ name, tags }) => `kind: flow\nkey: ${name}\nspec:\n${fields({ tags })}`),
    ...deployments.map(
      ({ flow, spec }) => `kind: deployment\nkey: ${flow}/main\nrefs:\n  flow: flow/${flow}\nspec:\n${fields(spec)}`,
    ),
  ]
  return documents.join('---\n')
}

/** Nested block style, like the tool's own output, so that the parser has realistic work. */
function fields(value: Readonly<Record<string, unknown>>, indent = '  '): string {
  return Object.entries(value)
    .map(([name, item]) =>
      typeof item === 'object' && item !== null && !Array.isArray(item)
        ? `${indent}${name}:\n${fields(item as Record<string, unknown>, `${indent}  `)}`
        : `${indent}${name}: ${JSON.stringify(item)}\n`,
    )
    .join('')
}

export function writeSnapshotOf(world: World, file: string): void {
  writeFileSync(file, snapshotOf(world))
}

/** Fills a server with one request for each resource, and a fixed number in flight. */
export async function fillBare(world: World, bare: Bare, connections = 1): Promise<void> {
  const ids = new Map<string, string>()
  await eachConcurrent(world.flows, connections, async (flow) => {
    const { id } = (await bare.send('POST', '/flows/', flow)) as { id: string }
    ids.set(flow.name, id)
  })
  await eachConcurrent(world.deployments, connections, ({ flow, spec }) =>
    bare.send('POST', '/deployments/', { ...spec, name: 'main', flow_id: ids.get(flow) }),
  )
}

/** The number of resources. */
export function sizeOf({ flows, deployments }: World): number {
  return flows.length + deployments.length
}
