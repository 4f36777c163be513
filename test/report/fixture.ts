import { dependenciesOf } from '../../src/graph/dependencies.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { Id, Live, LiveResource, Outcome, Placeholder, Ref } from '../../src/model.ts'
import { makeDiff } from '../../src/plan/diff.ts'
import { makePlan } from '../../src/plan/plan.ts'
import { threeWay } from '../../src/plan/three-way.ts'
import { refOf } from '../../src/ref.ts'
import { diffOf, outcomesOf, type PlanContext, plannedOf } from '../../src/report/model/build-report.ts'
import { allFieldsOf } from '../../src/report/model/field-views.ts'
import type { ApplyReport, DiffReport, GraphReport, PlanReport } from '../../src/report/model/report.ts'
import { Secret } from '../../src/secret.ts'
import { parsePair } from '../../src/snapshot/edit/same-documents.ts'
import { parseSnapshot, type Source } from '../../src/snapshot/parse.ts'
import { secretValues } from '../support/secret-values.ts'

/** What stands in place of a secret; in no rendering may it be seen. */
export const canary = 'canary-4711'
/** A name that is markup, ends comments and fences, mentions somebody and moves a cursor. */
export const nasty = '</script><img src=x onerror=hacked()>--> `````` @everyone | ]]> \u001b[31mred'

const header = `kind: snapshot
version: 1
source: {api: 'https://staging.example/api', server: 3.8.3}
`
const wanted = `${header}---
kind: variable
key: etl_bucket
spec: {value: 's3://etl', tags: [etl]}
---
kind: variable
key: threshold
spec: {value: {ratio: 5.0, most: 9007199254740993, tiny: 1e-9}}
---
kind: saved-search
key: ${JSON.stringify(nasty)}
spec: {filters: [{value: ${JSON.stringify(`${nasty}\u202e`)}}]}
---
kind: block-type
key: store
spec: {name: Store}
---
kind: block-schema
key: store/4a1d0f3c
refs: {type: block-type/store}
spec: {checksum: 'sha256:4a1d0f3c${'0'.repeat(56)}', fields: {}, capabilities: [], version: '1'}
---
kind: block
key: store/raw
refs: {type: block-type/store, schema: block-schema/store/4a1d0f3c}
spec: {data: {bucket: raw}}
secrets:
  /data/key: {env: STORE_RAW_KEY}
  /data/token: {env: STORE_RAW_TOKEN}
---
kind: work-pool
key: k8s
spec: {type: kubernetes, concurrency_limit: 10, base_job_template: {job_configuration: {image: 'etl:2', cpu: 2}, variables: {type: object}}}
---
kind: work-queue
key: k8s/default
refs: {pool: work-pool/k8s}
spec: {priority: 1}
---
kind: flow
key: etl
spec: {tags: [team]}
---
kind: flow
key: report
---
kind: deployment
key: etl/nightly
refs: {flow: flow/etl, queue: work-queue/k8s/default}
spec:
  entrypoint: flows/etl.py:main
  description: |
    Loads the raw data.
    Runs at night.
    See the handbook.
  parameters: {n: 2, url: 'https://data.example/v2/exports/daily/full?format=parquet&compression=zstd&partition=all'}
  job_variables: {env: {LOG_LEVEL: DEBUG, BUCKET: '{{ prefect.variables.etl_bucket }}'}}
  schedules:
    - {slug: daily, cron: 30 2 * * *, timezone: Europe/Berlin, active: true}
    - {slug: weekly, cron: 0 4 * * 1, active: true}
  paused: false
---
kind: deployment
key: report/weekly
refs: {flow: flow/report, queue: work-queue/k8s/default}
spec: {entrypoint: 'flows/report.py:main', paused: true, schedules: [{cron: 0 6 * * 1, active: true}]}
---
kind: automation
key: chain
spec:
  enabled: true
  trigger: {type: event, posture: Reactive, expect: [prefect.flow-run.Completed], match_related: {prefect.resource.id: 'prefect.deployment.<ref:deployment/etl/nightly>'}, threshold: 1, within: 0}
  actions: [{type: run-deployment, source: selected, deployment_id: '<ref:deployment/report/weekly>'}, {type: pause-automation, source: selected, automation_id: '<ref:automation/guard>'}]
---
kind: automation
key: guard
spec:
  enabled: true
  trigger: {type: event, posture: Proactive, expect: [prefect.flow-run.Completed], threshold: 1, within: 3600}
  actions: [{type: resume-automation, source: selected, automation_id: '<ref:automation/chain>'}]
`
const held = `${header}---
kind: variable
key: old_flag
spec: {value: true}
---
kind: variable
key: kept_one
spec: {value: 1}
---
kind: variable
key: kept_two
spec: {value: 2}
---
kind: block-type
key: store
spec: {name: Store}
---
kind: block-schema
key: store/4a1d0f3c
refs: {type: block-type/store}
spec: {checksum: 'sha256:4a1d0f3c${'0'.repeat(56)}', fields: {}, capabilities: [], version: '1'}
---
kind: work-pool
key: k8s
spec: {type: process, concurrency_limit: 5, base_job_template: {job_configuration: {image: 'etl:1', cpu: 2}, variables: {type: object}}}
---
kind: work-queue
key: k8s/default
refs: {pool: work-pool/k8s}
spec: {priority: 1}
---
kind: flow
key: etl
spec: {tags: [team]}
---
kind: deployment
key: etl/nightly
refs: {flow: flow/etl, queue: work-queue/k8s/default}
spec:
  entrypoint: flows/etl.py:main
  description: |
    Loads the raw data.
    Runs at noon.
    See the handbook.
  parameters: {n: 2, url: 'https://data.example/v2/exports/daily/full?format=parquet&compression=gzip&partition=all'}
  job_variables: {env: {LOG_LEVEL: INFO, BUCKET: '{{ prefect.variables.etl_bucket }}'}}
  schedules: [{slug: daily, cron: 0 2 * * *, timezone: Europe/Berlin, active: true}]
  paused: false
`

const parse = (file: string, text: string) => parseSnapshot([{ file, text }], kinds)

const parsed = parse('prod.snapshot.yaml', wanted)
const before = parse('held.yaml', held)

/** The fixed inputs: a snapshot with something of everything, and a server that holds a part of it; `ready` with all secrets. */
export function fixture(ready = false) {
  const server = { url: 'https://prefect.example/api', version: '3.8.8' }
  const live: Live = {
    server,
    resources: liveOf(before.snapshot.resources),
    complete: new Set(),
    issues: [],
  }
  const filled = (placeholder: Placeholder) => ready || ('env' in placeholder && placeholder.env === 'STORE_RAW_KEY')
  const options = { secretValues: secretValues(filled), remove: new Set<Ref>(['variable/old_flag']) }
  return { parsed, live, plan: makePlan(parsed.snapshot, live, kinds, options), filled }
}

function liveOf(resources: Parameters<typeof dependenciesOf>[0]): Map<Ref, LiveResource> {
  const all = resources.map((resource, index): [Ref, LiveResource] => {
    const id = `5eed0000-0000-4000-8000-${String(index).padStart(12, '0')}` as Id
    const secrets = resource.kind === 'block' ? { '/data/key': { plain: new Secret(canary) } } : {}
    return [refOf(resource), { ...resource, id, carriedOver: {}, secrets }]
  })
  return new Map(all)
}

const common = { version: 1, tool: '1.2.3' } as const

/** The report of a plan of the fixed inputs. */
export function planReport(ready = false, base?: PlanContext['base']): PlanReport {
  const { parsed, live, plan, filled } = fixture(ready)
  const planned = plannedOf(plan, {
    profile: 'prod',
    server: live.server,
    file: 'prod.snapshot.yaml',
    snapshot: parsed.snapshot,
    kinds: kinds.filter(({ only }) => only !== 'cloud').map(({ name }) => name),
    placeOf: parsed.placeOf,
    filled,
    edges: dependenciesOf(parsed.snapshot.resources, kinds),
    ...(base ? { base } : {}),
    next: ['apply', 'prod.snapshot.yaml', '--profile', 'prod'],
  })
  return { schema: 'prefect-snapshot/plan', ...common, exit: ready ? 0 : 3, issues: plan.issues, ...planned }
}

/** What the server held when the snapshot was begun: since then both sides have changed it. */
const begun = held
  .replace('Runs at noon.', 'Runs at dawn.')
  .replace('cron: 0 2 * * *', 'cron: 30 2 * * *')
  .replace(/---\nkind: variable\nkey: old_flag\n.*\n/, '')
  .replace('---\nkind: flow\n', '---\nkind: flow\nkey: report\n$&')

/** The report of a plan with a base. */
export function baseReport(): PlanReport {
  const { snapshot } = parse('base.yaml', begun)
  return planReport(true, { file: 'base.yaml', snapshot, since: threeWay(fixture(true).plan, snapshot, kinds) })
}

/** The same snapshot some days later: something of everything made, changed and taken out, and another scope. */
const later = wanted
  .replace('version: 1\n', "version: 1\nscope: {include: ['**'], exclude: ['variable/threshold'], incomplete: []}\n")
  .replace('3.8.3', '3.8.8')
  .replace(/kind: variable\nkey: threshold\n.*\n---\n/, '')
  .replace(/kind: variable\nkey: etl_bucket\n/, 'kind: variable\nkey: region\nspec: {value: eu}\n---\n$&')
  .replace('STORE_RAW_KEY', 'VAULT_KEY')
  .replace('  /data/token: {env: STORE_RAW_TOKEN}\n', '  /data/user: {env: STORE_RAW_USER}\n')
  .replace('Runs at night.', 'Runs at noon.')
  .replace('    - {slug: weekly, cron: 0 4 * * 1, active: true}\n', '')
  .replace('  paused: false\n', '')
  .replace(/---\nkind: deployment\nkey: report\/weekly\n.*\n.*\n/, '')

/** Blocks that the server has too; their secret has no value here. */
const stores = `${header}---
kind: block-type
key: store
spec: {name: Store}
---
kind: block-schema
key: store/4a1d0f3c
refs: {type: block-type/store}
spec: {checksum: 'sha256:4a1d0f3c${'0'.repeat(56)}', fields: {}, capabilities: [], version: '1'}
${['changed', 'same', nasty]
  .map(
    (name) => `---
kind: block
key: ${JSON.stringify(`store/${name}`)}
refs: {type: block-type/store, schema: block-schema/store/4a1d0f3c}
spec: {data: {bucket: raw}}
secrets: {/data/key: {env: NOT_SET}}
`,
  )
  .join('')}`

/** The report of a plan in which secrets were not compared: all resources stay, or one changes. */
export function notComparedReport(change: boolean): PlanReport {
  const wanted = parse('stores.yaml', change ? stores.replace('raw', 'ours') : stores)
  const live = { ...fixture().live, resources: liveOf(parse('held.yaml', stores).snapshot.resources) }
  const plan = makePlan(wanted.snapshot, live, kinds, { secretValues: secretValues(() => false) })
  const planned = plannedOf(plan, {
    profile: 'prod',
    server: live.server,
    file: 'stores.yaml',
    snapshot: wanted.snapshot,
    kinds: kinds.filter(({ only }) => only !== 'cloud').map(({ name }) => name),
    placeOf: wanted.placeOf,
    filled: () => false,
    edges: dependenciesOf(wanted.snapshot.resources, kinds),
    next: ['apply', 'stores.yaml'],
  })
  return { schema: 'prefect-snapshot/plan', ...common, exit: change ? 2 : 0, issues: plan.issues, ...planned }
}

/** The report of a diff of the two texts. */
export function diffReport(): DiffReport {
  const [a, b] = [wanted, later].map((text, index) => ({ file: `${index + 1}.yaml`, text })) as [Source, Source]
  const { before, after, resourcesOfSame } = parsePair([a], [b], kinds)
  const plan = makeDiff(before.snapshot, after.snapshot, kinds)
  const compared = diffOf(plan, {
    from: { file: a.file, snapshot: before.snapshot },
    to: { file: b.file, snapshot: after.snapshot },
    kinds: kinds.filter(({ only }) => only !== 'cloud').map(({ name }) => name),
    placeOf: after.placeOf,
    edges: dependenciesOf([...resourcesOfSame(), ...after.snapshot.resources], kinds),
  })
  return { schema: 'prefect-snapshot/diff', ...common, exit: 2, issues: plan.issues, ...compared }
}

/** The report of an apply of them in which one change fails. */
export function applyReport(): ApplyReport {
  const { plan } = fixture(true)
  const broken: Ref = 'work-pool/k8s'
  const outcomes = plan.changes.map((change, index): Outcome => {
    const base = { change, ms: 10 * index + 0.4 }
    if (change.ref === broken)
      return {
        ...base,
        status: 'failed',
        issue: { code: 'rejected', severity: 'error', message: 'type cannot be changed', ref: broken },
      }
    return change.waits.includes(broken) ? { ...base, status: 'skipped', because: broken } : { ...base, status: 'done' }
  })
  const { schema: _, next: __, ...planned } = planReport(true)
  return {
    schema: 'prefect-snapshot/apply',
    ...planned,
    exit: 5,
    issues: [],
    outcomes: outcomesOf(outcomes),
    journal: 'journal.ndjson',
  }
}

/** The report of `graph` of the snapshot. */
export function graphReport(): GraphReport {
  const { parsed } = fixture()
  const { resources } = parsed.snapshot
  return {
    schema: 'prefect-snapshot/graph',
    ...common,
    exit: 0,
    issues: [],
    source: { file: 'prod.snapshot.yaml' },
    resources: resources.map((resource) => ({ ref: refOf(resource), fields: allFieldsOf(resource, 'after') })),
    edges: dependenciesOf(resources, kinds),
  }
}

/** A report of so many changes: flows with two deployments each, pools with queues, variables; numbers are made, not drawn. */
export function bigReport(size: number): PlanReport {
  const documents: string[] = []
  const add = (kind: string, key: string, rest: string) => documents.push(`---\nkind: ${kind}\nkey: ${key}\n${rest}\n`)
  for (let pool = 0; pool < 10; pool++) {
    add('work-pool', `pool${pool}`, 'spec: {type: process}')
    for (let queue = 0; queue < 3; queue++)
      add('work-queue', `pool${pool}/q${queue}`, `refs: {pool: work-pool/pool${pool}}`)
  }
  for (let at = 0; at < 200; at++) add('variable', `var_${at}`, `spec: {value: 'value ${at}'}`)
  for (let at = 0; documents.length < size; at++) {
    add('flow', `flow-${at}`, `spec: {tags: [team-${at % 7}]}`)
    for (let half = 0; half < 2 && documents.length < size; half++) {
      const refs = `refs: {flow: flow/flow-${at}, queue: work-queue/pool${(at * 7 + half) % 10}/q${(at + half) % 3}}`
      const parameters = `{n: ${at}, from: '{{ prefect.variables.var_${(at * 31) % 200} }}'}`
      add(
        'deployment',
        `flow-${at}/run-${half}`,
        `${refs}\nspec: {entrypoint: 'flows.py:f${at}', paused: false, parameters: ${parameters}}`,
      )
    }
  }
  const { snapshot } = parse('big.yaml', header + documents.join(''))
  const server = { url: 'https://prefect.example/api', version: '3.8.8' }
  const live: Live = { server, resources: new Map(), complete: new Set(), issues: [] }
  const plan = makePlan(snapshot, live, kinds, { secretValues: secretValues(() => true) })
  const context = {
    profile: 'prod',
    server,
    file: 'big.yaml',
    snapshot,
    kinds: kinds.filter(({ only }) => only !== 'cloud').map(({ name }) => name),
    placeOf: () => undefined,
  }
  const edges = dependenciesOf(snapshot.resources, kinds)
  const planned = plannedOf(plan, { ...context, filled: () => true, edges, next: ['apply', 'big.yaml'] })
  return { schema: 'prefect-snapshot/plan', ...common, exit: 0, issues: plan.issues, ...planned }
}
