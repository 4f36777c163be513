import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/all.ts'
import type { Change, Resource } from '../../src/model.ts'
import { refusedIn } from '../../src/operations/refused-values.ts'
import { applyOverlay } from '../../src/overlay/apply-overlay.ts'
import { readOverlay } from '../../src/overlay/parse-overlay.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'

const header = 'kind: snapshot\nversion: 1\n---\n'
const flow = 'kind: flow\nkey: etl\n---\n'
const issuesOf = (documents: string) => parseSnapshot([{ file: 'x.yaml', text: header + documents }], kinds).issues

/** A deployment with one schedule. */
const scheduled = (schedule: string) =>
  `${flow}kind: deployment\nkey: etl/prod\nrefs:\n  flow: flow/etl\nspec:\n  schedules:\n    - ${schedule}\n      active: true\n`

describe('a value that Prefect refuses', () => {
  test('is an error with its line, the reason, and what to do', () => {
    expect(issuesOf(scheduled('cron: 61 25 * * *'))).toEqual([
      {
        code: 'refused-value',
        severity: 'error',
        message:
          'deployment/etl/prod schedules[0].cron: Prefect refuses the cron expression "61 25 * * *": the minute 61 is outside of 0-59.',
        fix: 'Write it like "0 5 * * 1-5": minute, hour, day of month, month, day of week.',
        ref: 'deployment/etl/prod',
        pointer: '/spec/schedules/0/cron',
        place: { file: 'x.yaml', line: 13, column: 13, excerpt: '    - cron: 61 25 * * *' },
      },
    ])
  })

  test('is at its own line where the kind sorts the list', () => {
    const [issue] = issuesOf(
      scheduled("{slug: z, cron: 61 * * * *, active: true}\n    - slug: a\n      cron: '0 5 * * *'"),
    )
    expect([issue?.pointer, issue?.place?.line]).toEqual(['/spec/schedules/1/cron', 13])
  })

  test('is a warning if servers may have it all the same', () => {
    const [issue, ...more] = issuesOf(
      scheduled('{cron: 0 5 * * *, max_scheduled_runs: 60, active: true}').replace(/\n {6}active: true/, ''),
    )
    expect(more).toEqual([])
    expect([issue?.severity, issue?.message]).toEqual([
      'warning',
      'deployment/etl/prod schedules[0].max_scheduled_runs: Prefect refuses max_scheduled_runs of 60; a server accepts more only if PREFECT_DEPLOYMENT_SCHEDULE_MAX_SCHEDULED_RUNS raises the limit of 50.',
    ])
  })

  test.each([
    ['Mars/Olympus', 'error'],
    ['europe/berlin', 'error'],
    ['Europe/Berln', 'error'],
    // A server may have a newer tz database.
    ['America/Nuevo_Pueblo', 'warning'],
  ])('the time zone %s: %s', (zone, severity) => {
    expect(issuesOf(scheduled(`cron: 0 5 * * *\n      timezone: ${zone}`)).map((issue) => issue.severity)).toEqual([
      severity,
    ])
  })

  test('is judged after the overlays of an environment', () => {
    const parse = (cron: string) =>
      parseSnapshot([{ file: 'x.yaml', text: header + scheduled(`cron: ${cron}`) }], kinds)
    const overlay = (cron: string) => {
      const text = `kind: overlay\nversion: 1\nentries: [{match: 'deployment/**', set: {/spec/schedules/0/cron: '${cron}'}}]\n`
      return readOverlay('prod.yaml', text, {}).overlay
    }
    expect(applyOverlay(parse('61 5 * * *'), overlay('0 5 * * *'), kinds).issues).toEqual([])
    const [issue] = applyOverlay(parse('0 5 * * *'), overlay('61 5 * * *'), kinds).issues
    expect([issue?.code, issue?.place?.file]).toEqual(['refused-value', 'prod.yaml'])
  })
})

/** A deployment on a pool whose variable `cpu` is an integer. */
const onPool = (spec: string, more = '') =>
  `kind: work-pool\nkey: pool\nspec:\n  type: process\n  base_job_template:\n    job_configuration: {cpu: '{{ cpu }}'}\n    variables: {type: object, properties: {cpu: {type: integer, default: 1}}, required: [cpu]}\n---\nkind: work-queue\nkey: pool/default\nrefs: {pool: work-pool/pool}\n---\n${flow}kind: deployment\nkey: etl/prod\nrefs: {flow: flow/etl, queue: work-queue/pool/default}\nspec: ${spec}\n${more}`

describe('job variables and parameters', () => {
  test.each([
    ['{job_variables: {cpu: many}}', '/spec/job_variables/cpu'],
    [
      '{parameters: {n: many}, parameter_openapi_schema: {type: object, properties: {n: {type: integer}}}}',
      '/spec/parameters/n',
    ],
    [
      '{parameters: {n: {m: 1}}, parameter_openapi_schema: {type: object, properties: {n: {type: object, additionalProperties: false}}}}',
      '/spec/parameters/n',
    ],
  ])('%s: a warning at %s, since servers hold such values', (spec, pointer) => {
    expect(issuesOf(onPool(spec)).map((issue) => [issue.severity, issue.pointer])).toEqual([['warning', pointer]])
  })

  test.each([
    ['{job_variables: {cpu: "{{ prefect.variables.cpu }}"}}', ''],
    ['{job_variables: {cpu: {$ref: {block_document_id: "<ref:flow/etl>"}}}}', ''],
    ['{job_variables: {cpu: null, more: 1}}', ''],
    ['{job_variables: {}}', 'secrets: {/job_variables/cpu: {env: CPU}}\n'],
    [
      '{parameters: {n: [1, null]}, parameter_openapi_schema: {type: object, properties: {n: {type: array, items: {type: integer}}}}}',
      'secrets: {/parameters/n/1: {env: N}}\n',
    ],
    [
      '{parameters: {n: many}, enforce_parameter_schema: false, parameter_openapi_schema: {type: object, properties: {n: {type: integer}}}}',
      '',
    ],
    [
      '{parameters: {n: x}, parameter_openapi_schema: {type: object, properties: {n: {$ref: "https://example.com/x"}}}}',
      '',
    ],
  ])('%s is not told: its value is known at run time, or Prefect does not look', (spec, secrets) => {
    expect(issuesOf(onPool(spec, secrets)).filter(({ code }) => code === 'refused-value')).toEqual([])
  })
})

describe('a plan', () => {
  const parsed = (text: string) => parseSnapshot([{ file: 'x.yaml', text: header + text }], kinds).snapshot.resources
  const wrong = parsed(
    onPool('{job_variables: {cpu: many}, schedules: [{cron: 0 5 * * *, active: true, max_scheduled_runs: 60}]}'),
  )
  const after = wrong.find(({ kind }) => kind === 'deployment') as Resource
  const told = (change: object) => {
    const plan = {
      changes: [{ ref: 'deployment/etl/prod', waits: [], notes: [], after, ...change } as unknown as Change],
    }
    return refusedIn(wrong, plan, kinds).map(({ pointer }) => pointer)
  }

  test('repeats the warnings of what it creates, without those about limits that it reads from the server', () => {
    expect(told({ action: 'create', without: [] })).toEqual(['/spec/job_variables/cpu'])
  })

  test('repeats the warnings of fields that it changes, and of no others', () => {
    expect(told({ action: 'update', fields: [{ pointer: '/spec/job_variables/cpu' }] })).toEqual([
      '/spec/job_variables/cpu',
    ])
    expect(told({ action: 'update', fields: [{ pointer: '/spec/tags' }] })).toEqual([])
    expect(refusedIn(wrong, { changes: [] }, kinds)).toEqual([])
  })
})
