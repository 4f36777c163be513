import type { Document, Update } from '../hold.ts'
import { limits, one } from './limits.ts'
import { pool, queue, standard } from './others.ts'
import { deployment, flow } from './schedules.ts'

/** A template whose variable `cpu` has this schema. */
const template = (cpu: Document): Document => ({
  job_configuration: { cpu: '{{ cpu }}' },
  variables: { type: 'object', properties: { cpu } },
})
const number = { type: 'integer', default: 1 }
const schema = { type: 'object', properties: { n: { type: 'integer' } } }
const unfit = { parameters: { n: 'text' }, parameter_openapi_schema: schema }
const schedules = [{ cron: '0 5 * * *', active: true, max_scheduled_runs: 3 }]

/** States that a server holds, but that its create refuses: they take more requests. */
export const refusedCreates: readonly Update[] = [
  {
    name: 'refused creates: a pool with an invalid default, its default queue renamed',
    from: [],
    to: [
      pool({ default_queue: 'main', base_job_template: template({ type: 'integer', default: 'many' }) }),
      queue('main', { priority: 1, description: 'm' }),
    ],
  },
  {
    name: 'refused creates: a deployment whose job variables do not fit',
    from: [pool({ base_job_template: template(number) }), queue('default', standard), flow],
    to: [
      pool({ base_job_template: template(number) }),
      queue('default', standard),
      flow,
      deployment(
        { job_variables: { cpu: '500m' }, schedules, concurrency_limit: { limit: 1, active: false } },
        { queue: 'work-queue/p/default' },
      ),
    ],
  },
  {
    name: 'refused creates: a deployment whose job variables do not fit, its labels and its limit',
    replacesSchedules: true,
    from: [
      pool({ base_job_template: template(number) }),
      queue('default', standard),
      ...limits,
      flow,
      deployment({ job_variables: { cpu: '500m' }, schedules }, { queue: 'work-queue/p/default' }),
    ],
    to: [
      pool({ base_job_template: template(number) }),
      queue('default', standard),
      ...limits,
      flow,
      deployment(
        { job_variables: { cpu: '900m' }, schedules, labels: { a: 1 } },
        { queue: 'work-queue/p/default', ...one },
      ),
    ],
  },
  {
    name: 'refused creates: parameters that do not fit, enforced',
    replacesSchedules: true,
    from: [flow, deployment({ ...unfit, enforce_parameter_schema: false, schedules })],
    to: [flow, deployment({ ...unfit, schedules, tags: ['a'] })],
  },
  {
    name: 'refused creates: parameters that do not fit, a limit',
    replacesSchedules: true,
    from: [flow, ...limits, deployment({ ...unfit, schedules, concurrency_limit: 2 })],
    to: [flow, ...limits, deployment({ ...unfit, schedules, tags: ['a'] }, one)],
  },
]
