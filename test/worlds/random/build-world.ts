import { canonical, isRow, type Row, type Value } from '../world-json.ts'
import { buildAutomations } from './build-automations.ts'
import { buildBlocks } from './build-blocks.ts'
import { buildDeployments } from './build-deployments.ts'
import { buildPools } from './build-pools.ts'
import { type Chance, chanceOf } from './chance.ts'
import { type ExactHttp, exactHttp } from './exact-http.ts'
import { anyName, anyText, twinOf } from './trap-texts.ts'
import { anyRow, anyValue, nested } from './trap-values.ts'

/** What has been made so far, to refer to it. */
export interface Making {
  readonly chance: Chance
  readonly http: ExactHttp
  readonly version: string
  readonly flows: Row[]
  readonly deployments: Row[]
  readonly pools: Row[]
  readonly queues: Row[]
  readonly blocks: Row[]
  /** Those without a name belong to the deployment that uses them. */
  readonly anonymous: Row[]
  readonly limits: Row[]
  readonly automations: Row[]
  readonly variables: Row[]
}

/** What a world was made of. */
export interface Made {
  readonly accepted: number
  readonly refused: number
}

/** Names that servers accept of flows, pools, queues, deployments and limits. */
export const plainNames = /^[^/%&><]+$/s

/**
 * Fills a server with resources of every kind whose names and values are hard to read, to write or to compare. Whether a request
 * is legal is for the server to say: what it refuses is not part of the world.
 */
export async function buildWorld(url: string, version: string, seed: number): Promise<Made> {
  const making: Making = {
    chance: chanceOf(seed),
    http: exactHttp(url),
    version,
    flows: [],
    deployments: [],
    pools: [],
    queues: [],
    blocks: [],
    anonymous: [],
    limits: [],
    automations: [],
    variables: [],
  }
  await buildVariables(making)
  await buildLimits(making)
  await buildBlocks(making)
  await buildPools(making)
  await buildFlows(making)
  await buildDeployments(making)
  await buildAutomations(making)
  await buildSearches(making)
  if (making.chance.oneIn(5)) await buildUnreadable(making)
  return making.http.counts
}

/** Sends a create and keeps the answer in the list. */
export async function create(making: Making, list: Row[], path: string, body: Row): Promise<Row | undefined> {
  const row = await making.http.send('POST', path, body)
  if (row !== undefined) list.push(row)
  return row
}

/** Names of which some differ only for a careful reader. */
export function names(chance: Chance, count: number, pattern = plainNames): string[] {
  const found: string[] = []
  while (found.length < count) {
    const twin = found.length > 0 && chance.oneIn(3) ? twinOf(chance, chance.pick(found)) : anyName(chance, pattern)
    found.push(pattern.test(twin) ? twin : anyName(chance, pattern))
  }
  return found
}

export function tags(chance: Chance): string[] {
  return chance.times(chance.below(4), () => anyText(chance))
}

export function labels(chance: Chance): Row {
  const entries = Object.entries(anyRow(chance, 1)).filter(
    ([, value]) => value !== null && !Array.isArray(value) && !isRow(value),
  )
  // Infinity in a label breaks every list of flows of older servers.
  return Object.fromEntries(entries.filter(([, value]) => !canonical(value).includes('1e400')))
}

export function limit(chance: Chance): Value {
  return chance.pick([0, 1, 2, 10, 1000, 2_147_483_647, null])
}

/** One of the made objects' ids, in one of the forms in which a freeform value can have it. */
export function mention({ chance, blocks, deployments, variables, flows }: Making): Value {
  const block = blocks.length > 0 ? chance.pick(blocks) : undefined
  const row = [...blocks, ...deployments, ...flows, ...variables]
  const forms: Value[] = [
    '{{ prefect.variables.a }}',
    { __prefect_kind: 'json', value: '{"a": 1.0}' },
    { __prefect_kind: 'jinja', template: '{{ 1 }}' },
    { $ref: '00000000-0000-4000-8000-00000000abcd' },
  ]
  if (block)
    forms.push(
      { $ref: { block_document_id: block.id ?? null } },
      { $ref: block.id ?? null },
      { $ref: { block_document_slug: `secret/${String(block.name)}` } },
    )
  if (row.length > 0)
    forms.push(`see ${String(chance.pick(row).id)}`, chance.pick(row).id ?? null, [
      `/x/${String(chance.pick(row).id)}/y`,
    ])
  if (variables.length > 0)
    forms.push({ __prefect_kind: 'workspace_variable', variable_name: chance.pick(variables).name ?? '' })
  return chance.pick(forms)
}

/** A freeform object that may mention other objects. */
export function freeform(making: Making, depth = 3): Row {
  const row = anyRow(making.chance, depth)
  return making.chance.oneIn(3) ? { ...row, mentions: mention(making) } : row
}

async function buildVariables(making: Making): Promise<void> {
  const { chance } = making
  const pool = [
    'null',
    'true',
    'no',
    'on',
    'y',
    '1e3',
    '0x1f',
    '-',
    '--',
    '_',
    '__proto__',
    'constructor',
    '0',
    '007',
    '1_000',
    '-1',
    '12',
    '2001-12-14',
    'a'.repeat(250),
    '',
    'con',
    'nul',
    'prefect-a',
  ]
  for (const name of new Set([...chance.some(pool, 8), `plain_${chance.below(1000)}`]))
    await create(making, making.variables, '/variables/', { name, value: anyValue(chance), tags: tags(chance) })
}

async function buildLimits(making: Making): Promise<void> {
  const { chance, http, limits } = making
  for (const name of names(chance, 1 + chance.below(4)))
    await create(making, limits, '/v2/concurrency_limits/', {
      name,
      limit: chance.pick([0, 1, 7, 2_147_483_647]),
      active: !chance.oneIn(4),
      slot_decay_per_second: chance.pick([0, 0.5, 1, 1e-7, 1000]),
    })
  for (const tag of names(chance, chance.below(4), /^/))
    await http.send('POST', '/concurrency_limits/', { tag, concurrency_limit: chance.pick([-1, 0, 1, 5]) })
}

async function buildFlows(making: Making): Promise<void> {
  const { chance, flows } = making
  for (const name of names(chance, 1 + chance.below(4)))
    await create(making, flows, '/flows/', { name, tags: tags(chance), labels: labels(chance) })
}

async function buildSearches({ chance, http, flows, deployments }: Making): Promise<void> {
  const ids = [...flows, ...deployments].map((row) => row.id ?? null)
  for (const name of names(chance, chance.below(4), /^/)) {
    const filters = chance.times(chance.below(3), () => ({
      object: anyText(chance),
      property: anyText(chance),
      type: 'string',
      operation: anyText(chance),
      value: chance.oneIn(3) && ids.length > 0 ? chance.pick(ids) : anyValue(chance),
    }))
    await http.send('PUT', '/saved_searches/', { name, filters })
  }
}

/** What a server holds and a file cannot: NUL, and more levels than a reader takes. */
async function buildUnreadable(making: Making): Promise<void> {
  const { chance, http, flows, variables, version } = making
  // Older servers crash when they list a value of 200 levels.
  const levels = () => chance.pick(version.startsWith('3.4.') ? [90, 120, 150] : [90, 150, 199, 201, 240, 300])
  const nul = () => `${anyText(chance)}\0${anyText(chance)}`
  const ways: readonly (() => Promise<unknown>)[] = [
    () => create(making, variables, '/variables/', { name: 'nul', value: { [chance.pick(['a', '\0'])]: nul() } }),
    () => create(making, variables, '/variables/', { name: 'deep', value: nested(chance, levels()) }),
    () => create(making, flows, '/flows/', { name: chance.pick(['a\0', 'nul']), tags: [nul()] }),
    () =>
      http.send('POST', '/automations/', {
        name: chance.pick(['a\0b', 'nul']),
        trigger: { type: 'event', posture: 'Reactive', within: 0, expect: ['a\0'] },
        actions: [],
      }),
    () => http.send('PUT', '/saved_searches/', { name: '\0', filters: [] }),
    () => create(making, making.limits, '/v2/concurrency_limits/', { name: 'a\0', limit: 1 }),
    () =>
      create(making, making.pools, '/work_pools/', {
        name: chance.pick(['a\0', 'nul']),
        type: 'process',
        description: nul(),
      }),
    () =>
      create(making, making.deployments, '/deployments/', {
        name: 'deep',
        flow_id: chance.pick(flows).id ?? null,
        parameters: { a: nested(chance, levels()) },
        enforce_parameter_schema: false,
      }),
  ]
  for (const way of chance.some(ways, 4)) await way()
}
