import type { Json, JsonObject } from '../../src/json.ts'
import type { Plain } from '../support/plain-http.ts'

/** IDs that requests need, and a name that no other case uses. */
export interface Stage {
  readonly http: Plain
  readonly name: string
  readonly flowId: unknown
}

/** Values of one rule: as documents of a snapshot, and as a create of a real server. */
export interface RuleCase {
  /** `kind/name` of the rule. */
  readonly rule: string
  readonly bad: readonly Json[]
  readonly good: readonly Json[]
  /** The documents of the snapshot, without its header. */
  readonly documents: (value: Json) => readonly JsonObject[]
  readonly send: (value: Json, stage: Stage) => Promise<unknown>
}

const flow: JsonObject = { kind: 'flow', key: 'etl' }

/** A deployment with these fields, in a snapshot and as a body. */
function ofDeployment(
  rule: string,
  fields: (value: Json) => JsonObject,
  values: Pick<RuleCase, 'bad' | 'good'>,
): RuleCase {
  return {
    rule: `deployment/${rule}`,
    ...values,
    documents: (value) => [
      flow,
      { kind: 'deployment', key: 'etl/prod', refs: { flow: 'flow/etl' }, spec: fields(value) },
    ],
    send: (value, { http, name, flowId }) =>
      http.post('/deployments/', { name, flow_id: flowId, ...inApi(fields(value)) }),
  }
}

/** Schedules have another form in the API. */
function inApi({ schedules, ...fields }: JsonObject): JsonObject {
  if (!Array.isArray(schedules)) return fields
  const bodies = (schedules as JsonObject[]).map(
    ({ active = true, slug, max_scheduled_runs, parameters, ...schedule }) => ({
      active,
      schedule,
      ...(slug === undefined ? {} : { slug }),
      ...(max_scheduled_runs === undefined ? {} : { max_scheduled_runs }),
      ...(parameters === undefined ? {} : { parameters }),
    }),
  )
  return { ...fields, schedules: bodies }
}

const daily = { cron: '0 5 * * *', active: true }
const scheduled = (rule: string, schedule: (value: Json) => JsonObject, values: Pick<RuleCase, 'bad' | 'good'>) =>
  ofDeployment(rule, (value) => ({ schedules: [{ active: true, ...schedule(value) }] }), values)

const schedules: readonly RuleCase[] = [
  scheduled('cron', (cron) => ({ cron }), {
    bad: ['61 25 * * *', '* * * *', 'H 5 * * *', '0 5 * * monday', '*/0 * * * *', '0 0 W * *', '@reboot'],
    good: ['0 5 * * *', '0 5 * * mon-fri', '0 0 L * *', '0 5 * * * 30', '22-2 * * * *', '@daily', '*/100 * * * *'],
  }),
  scheduled('rrule', (rrule) => ({ rrule }), {
    bad: ['FREQ=WEKLY', 'INTERVAL=2', 'FREQ=DAILY;FOO=1', 'FREQ=DAILY;BYHOUR=25', 'FREQ=MONTHLY;BYDAY=XX', '0 5 * * *'],
    good: ['FREQ=WEEKLY;BYDAY=MO', 'RRULE:FREQ=DAILY', 'DTSTART:20240101T090000\nRRULE:FREQ=DAILY', 'freq=daily'],
  }),
  scheduled('timezone', (timezone) => ({ ...daily, timezone }), {
    bad: ['Mars/Olympus', 'europe/berlin', 'PST', '+01:00', 'Europe/Berln'],
    good: ['Europe/Berlin', 'UTC', 'EST5EDT', 'Asia/Calcutta'],
  }),
  scheduled('anchor-date', (anchor_date) => ({ interval: 3600, anchor_date }), {
    bad: ['yesterday', '2026-02-30T00:00:00Z', '01/02/2026'],
    good: ['2026-01-31T05:00:00Z', '2026-01-31', '2026-01-31T05:00:00+02:00'],
  }),
  scheduled('interval', (interval) => ({ interval }), {
    bad: [0, -1, 86_400_000_000_000, 1e20],
    good: [1, 0.5, 86_400],
  }),
  scheduled('max-scheduled-runs', (max_scheduled_runs) => ({ ...daily, max_scheduled_runs }), {
    bad: [0, -1, 51, 1000],
    good: [1, 50],
  }),
  ofDeployment(
    'schedule-slug',
    (slugs) => ({
      schedules: (slugs as string[]).map((slug, index) => ({ ...daily, cron: `${index} 5 * * *`, slug })),
    }),
    {
      bad: [
        ['a', 'a'],
        ['a', 'b', 'a'],
      ],
      good: [
        ['a', 'b'],
        ['a', 'A'],
      ],
    },
  ),
]

export const ruleCases: readonly RuleCase[] = [...schedules]
