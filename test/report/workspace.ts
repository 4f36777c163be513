import { dependenciesOf } from '../../src/graph/dependencies.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { Id, Live, LiveResource, Ref } from '../../src/model.ts'
import { makePlan } from '../../src/plan/plan.ts'
import { refOf } from '../../src/ref.ts'
import { plannedOf } from '../../src/report/model/build-report.ts'
import { allFieldsOf } from '../../src/report/model/field-views.ts'
import type { GraphReport, PlanReport } from '../../src/report/model/report.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { secretValues } from '../support/secret-values.ts'

/*
 * A workspace as companies have it, of any size: a few pools that everything runs on, teams of different sizes, flows
 * with one to four deployments, blocks that several deployments share, and settings that nothing refers to. Computed,
 * not random: the same size gives the same text.
 */

const teams = ['finance', 'marketing', 'growth', 'risk', 'logistics', 'research', 'platform', 'support']
const subjects = ['orders', 'invoices', 'customers', 'shipments', 'clicks', 'prices', 'stock', 'returns', 'leads', 'fx']
const verbs = ['load', 'export', 'clean', 'score', 'reconcile', 'archive', 'sync', 'report']
const stores = ['s3-bucket', 'aws-credentials', 'slack-webhook', 'postgres']
const pools = ['k8s-prod', 'k8s-batch', 'ecs-eu', 'gpu', 'vm-legacy', 'k8s-team-a', 'k8s-team-b', 'k8s-team-c']

/** Numbers that a workspace is made of. */
interface Extent {
  readonly size: number
  /** What a pull request makes of the workspace. */
  readonly later: boolean
}

function from<T>(list: readonly T[], at: number): T {
  return list[at % list.length] as T
}

function share(size: number, percent: number): number {
  return Math.max(2, Math.round((size * percent) / 100))
}

function document(kind: string, key: string, rest: string): string {
  return `---\nkind: ${kind}\nkey: ${key}\n${rest}\n`
}

function settings({ size, later }: Extent): string[] {
  const variables = Array.from({ length: share(size, 8) }, (_, at) =>
    document('variable', variableAt(at), `spec: {value: '${later && at % 19 === 3 ? 'v2' : 'v1'}.${at}'}`),
  )
  const limits = Array.from({ length: share(size, 3) }, (_, at) =>
    document(
      'concurrency-limit',
      `${from(subjects, at)}-api-${at}`,
      `spec: {limit: ${later && at === 1 ? 9 : 4 + (at % 5)}}`,
    ),
  )
  return [...variables, ...limits]
}

function variableAt(at: number): string {
  return `${from(teams, at)}_${from(subjects, at >> 3)}_${at}`
}

function checksum(at: number): string {
  return String(at + 1).repeat(8)
}

function blocks({ size }: Extent): string[] {
  const types = stores.flatMap((type, at) => [
    document('block-type', type, `spec: {name: ${type}}`),
    document(
      'block-schema',
      `${type}/${checksum(at)}`,
      `refs: {type: block-type/${type}}\nspec: {checksum: 'sha256:${checksum(at)}${'0'.repeat(56)}', fields: {}, capabilities: [], version: '1'}`,
    ),
  ])
  const all = Array.from({ length: share(size, 6) }, (_, at) => {
    const type = from(stores, at)
    const refs = `refs: {type: block-type/${type}, schema: block-schema/${type}/${checksum(at % 4)}}`
    return document('block', blockAt(at), `${refs}\nspec: {data: {name: n${at}}}`)
  })
  return [...types, ...all]
}

function blockAt(at: number): string {
  return `${from(stores, at)}/${from(teams, at * 3)}-${at}`
}

function poolsAndQueues({ size, later }: Extent): string[] {
  return pools
    .slice(0, poolCount(size))
    .flatMap((pool, at) => [
      document(
        'work-pool',
        pool,
        `spec: {type: process, base_job_template: {job_configuration: {image: 'runner:${later && at === 1 ? 2 : 1}'}, variables: {type: object}}}`,
      ),
      ...['default', 'high', 'low'].map((queue) =>
        document('work-queue', `${pool}/${queue}`, `refs: {pool: work-pool/${pool}}`),
      ),
    ])
}

function poolCount(size: number): number {
  return size > 800 ? 8 : 4
}

/** Most deployments run on the first pools, as everywhere. */
function queueAt(at: number, size: number): string {
  const pool = [0, 0, 0, 1, 0, 1, 2, 0, 1, 3, 0, 4, 0, 5, 1, 6, 7][at % 17] ?? 0
  return `${from(pools, pool % poolCount(size))}/${from(['default', 'default', 'high', 'low'], at)}`
}

function flowAt(at: number): string {
  return `${from(verbs, at * 5 + (at >> 4))}-${from(subjects, at * 3)}-${from(teams, at * at)}-${at}`
}

function deploymentsOf(at: number): readonly string[] {
  return from([['prod'], ['prod', 'staging'], ['prod'], ['prod', 'backfill', 'adhoc'], ['nightly']], at)
}

function flows(count: number, extent: Extent): string[] {
  const out: string[] = []
  for (let at = 0; out.length < count; at++) {
    const isNew = at % 37 === 5
    const isGone = at % 53 === 7
    if (extent.later ? isGone : isNew) continue
    out.push(document('flow', flowAt(at), `spec: {tags: [${from(teams, at * at)}]}`))
    for (const name of deploymentsOf(at))
      out.push(document('deployment', `${flowAt(at)}/${name}`, deploymentAt(at, name, extent)))
  }
  return out
}

function deploymentAt(at: number, name: string, { size, later }: Extent): string {
  const variable = at % 3 === 0 ? `, from: '{{ prefect.variables.${variableAt((at * 7) % share(size, 5))} }}'` : ''
  const block = at % 4 === 1 ? `, target: '{{ prefect.blocks.${blockAt((at * 5) % share(size, 4))} }}'` : ''
  const hour = later && at % 11 === 2 ? 5 : at % 24
  return `refs: {flow: flow/${flowAt(at)}, queue: work-queue/${queueAt(at + name.length, size)}}
spec:
  entrypoint: 'flows/${from(verbs, at)}.py:main'
  paused: ${name === 'backfill'}
  parameters: {day: ${at % 7}, batch: ${1000 + at}}
  job_variables: {env: {LOG: INFO${variable}${block}}}
  schedules: [{slug: daily, cron: ${at % 60} ${hour} * * *, timezone: Europe/Berlin, active: true}]`
}

function automations({ size }: Extent): string[] {
  return Array.from({ length: share(size, 3) }, (_, at) => {
    const watched = at * 4
    const stays = (index: number) => index % 37 !== 5 && index % 53 !== 7
    const flow = stays(watched) ? watched : watched + 1
    const key = `deployment/${flowAt(flow)}/${deploymentsOf(flow)[0]}`
    return document(
      'automation',
      `retry-${flowAt(flow)}`,
      `spec:
  enabled: true
  trigger: {type: event, posture: Reactive, expect: [prefect.flow-run.Failed], match_related: {prefect.resource.id: 'prefect.deployment.<ref:${key}>'}, threshold: 1, within: 0}
  actions: [{type: run-deployment, source: selected, deployment_id: '<ref:${key}>'}]`,
    )
  })
}

function workspaceText(extent: Extent): string {
  const head = "kind: snapshot\nversion: 1\nsource: {api: 'https://staging.example/api', server: 3.8.3}\n"
  const fixed = [...settings(extent), ...blocks(extent), ...poolsAndQueues(extent)]
  const tail = automations(extent)
  return [head, ...fixed, ...flows(extent.size - fixed.length - tail.length, extent), ...tail].join('')
}

const common = { version: 1, tool: '1.2.3', exit: 0 } as const
const parse = (extent: Extent) => parseSnapshot([{ file: 'prod.snapshot.yaml', text: workspaceText(extent) }], kinds)

/** The report of `graph` of a workspace with about `size` resources. */
export function workspaceGraph(size: number): GraphReport {
  const { snapshot, placeOf } = parse({ size, later: true })
  const { resources } = snapshot
  return {
    schema: 'prefect-snapshot/graph',
    ...common,
    issues: [],
    source: { file: 'prod.snapshot.yaml' },
    resources: resources.map((resource) => ({
      ref: refOf(resource),
      place: placeOf(refOf(resource)) ?? { file: '', line: 0 },
      fields: allFieldsOf(resource, 'after'),
    })),
    edges: dependenciesOf(resources, kinds),
  }
}

/** The report of a plan: what a pull request changes in a workspace with about `size` resources, or all of it created. */
export function workspacePlan(size: number, isFirst = false): PlanReport {
  const wanted = parse({ size, later: true })
  const held = isFirst ? [] : parse({ size, later: false }).snapshot.resources
  const resources = new Map<Ref, LiveResource>(
    held.map((resource, index) => {
      const id = `5eed0000-0000-4000-8000-${String(index).padStart(12, '0')}` as Id
      return [refOf(resource), { ...resource, id, carriedOver: {}, secrets: {} }]
    }),
  )
  const server = { url: 'https://prefect.example/api', version: '3.8.8' }
  const live: Live = { server, resources, complete: new Set(), issues: [] }
  const kept = new Set(wanted.snapshot.resources.map(refOf))
  const remove = new Set([...resources.keys()].filter((ref) => !kept.has(ref)))
  const plan = makePlan(wanted.snapshot, live, kinds, { secretValues: secretValues(() => true), remove })
  const planned = plannedOf(plan, {
    profile: 'prod',
    server,
    file: 'prod.snapshot.yaml',
    snapshot: wanted.snapshot,
    kinds: kinds.map(({ name }) => name),
    placeOf: wanted.placeOf,
    filled: () => true,
    edges: dependenciesOf(wanted.snapshot.resources, kinds),
    next: ['apply', 'prod.snapshot.yaml', '--profile', 'prod'],
  })
  return { schema: 'prefect-snapshot/plan', ...common, issues: plan.issues, ...planned }
}
