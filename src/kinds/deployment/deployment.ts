import { isObject, type Json } from '../../json.ts'
import type { Incompatibility, Kind } from '../../kind.ts'
import type { LiveResource, Resource, Server } from '../../model.ts'
import { keyOf, keyParts } from '../../ref.ts'
import { atLeast } from '../../version.ts'
import { idOf, object, text } from '../endpoints.ts'
import { anyObject, boolean, nullableString, tags } from '../field-schemas.ts'
import { labels } from '../flow.ts'
import { nameFault } from '../name-rules.ts'
import { fillsSchema, isEmpty, noSchema } from './deployment-body.ts'
import { deploymentEffects, runsEffect } from './deployment-effects.ts'
import { interimLimit, normalizeOwnLimit, ownLimitSchema } from './deployment-limit.ts'
import { encodeDeployment, listDeployments } from './deployment-read.ts'
import { checkReady, countScheduledRuns } from './deployment-runs.ts'
import { createDeployment, removeDeployment, updateDeployment } from './deployment-write.ts'
import { compareSchedules, keepActive, normalizeSchedules, schedulesSchema } from './schedule.ts'

/** A deployment. `POST /deployments/` (an upsert), keyed by flow and name. */
export const deployment: Kind = {
  name: 'deployment',
  doc: 'A deployment of a flow: where its code is, where and when it runs, and with what.',
  keyDoc: 'flow/deployment',
  many: true,
  dropAfterEncode: true,
  refFields: {
    flow: {
      kinds: ['flow'],
      doc: 'The flow that it deploys.',
      required: true,
      fixed: 'a deployment stays with its flow',
    },
    queue: { kinds: ['work-queue'], doc: 'The queue, and with it the pool, that its runs go to.' },
    limit: { kinds: ['concurrency-limit', 'tag-concurrency-limit'], doc: 'A global limit that it shares with others.' },
    storage: { kinds: ['block'], doc: 'The block that its code is stored in (from the days of agents).' },
    infrastructure: { kinds: ['block'], doc: 'The infrastructure block (from the days of agents).' },
  },
  fields: {
    description: { schema: nullableString, doc: 'For people; Markdown.', default: null },
    version: { schema: nullableString, doc: 'Any text.', default: null },
    tags: { schema: tags, doc: 'Tags, which its runs get.', default: [] },
    labels: { schema: labels, doc: 'Labels beyond those of its flow.', default: {} },
    entrypoint: { schema: nullableString, doc: 'path/to/file.py:function', default: null },
    path: { schema: nullableString, doc: 'Where the code is, relative to storage or on disk.', default: null },
    pull_steps: {
      schema: { type: ['array', 'null'], items: { type: 'object' } },
      doc: 'Steps that fetch the code.',
      default: [],
      freeform: true,
    },
    parameters: {
      schema: anyObject,
      doc: 'Default parameters of its runs.',
      default: {},
      freeform: true,
      deferrable: true,
    },
    parameter_openapi_schema: {
      schema: { type: ['object', 'null'] },
      doc: 'JSON Schema of the parameters.',
      default: noSchema,
      freeform: true,
    },
    enforce_parameter_schema: { schema: boolean, doc: 'Whether parameters must fit their schema.', default: true },
    job_variables: {
      schema: anyObject,
      doc: 'Values for the job template of its pool.',
      default: {},
      freeform: true,
      deferrable: true,
    },
    paused: { schema: boolean, doc: 'Whether no schedule makes runs.', operational: true },
    schedules: {
      schema: schedulesSchema,
      doc: 'When it runs.',
      default: [],
      freeform: true,
      normalize: normalizeSchedules,
      compare: compareSchedules,
    },
    concurrency_limit: {
      schema: ownLimitSchema,
      doc: 'A limit of its own: runs at a time.',
      default: null,
      normalize: normalizeOwnLimit,
      interim: interimLimit,
    },
    concurrency_options: {
      schema: {
        type: ['object', 'null'],
        properties: {
          collision_strategy: { enum: ['ENQUEUE', 'CANCEL_NEW'] },
          grace_period_seconds: { type: ['integer', 'null'] },
        },
        additionalProperties: false,
      },
      doc: 'What happens to runs beyond the limit.',
      default: null,
      normalize: withoutNulls,
    },
  },
  idKeys: ['deployment_id', 'deployment_ids'],
  coverage: {
    models: {
      create: ['DeploymentCreate', 'DeploymentScheduleCreate'],
      update: ['DeploymentUpdate', 'DeploymentScheduleUpdate'],
      read: ['DeploymentResponse', 'DeploymentSchedule'],
      parts: [
        'CronSchedule',
        'IntervalSchedule',
        'RRuleSchedule',
        'ConcurrencyOptions',
        'GlobalConcurrencyLimitResponse',
      ],
    },
    carried: {
      name: 'key',
      flow_id: 'flow',
      work_pool_name: 'queue',
      work_queue_name: 'queue',
      work_queue_id: 'queue',
      storage_document_id: 'storage',
      infrastructure_document_id: 'infrastructure',
      global_concurrency_limit: 'limit',
      global_concurrency_limit_id: 'limit',
      limit: 'concurrency_limit',
      slot_decay_per_second: 'concurrency_limit',
      collision_strategy: 'concurrency_options',
      grace_period_seconds: 'concurrency_options',
      schedule: 'schedules',
      slug: 'schedules',
      active: 'schedules',
      max_scheduled_runs: 'schedules',
      cron: 'schedules',
      day_or: 'schedules',
      interval: 'schedules',
      anchor_date: 'schedules',
      rrule: 'schedules',
      timezone: 'schedules',
      infra_overrides: 'job_variables',
    },
    own: [
      'id',
      'created',
      'updated',
      'created_by',
      'updated_by',
      'status',
      'last_polled',
      'deployment_id',
      'active_slots',
    ],
    ignored: {
      version_info: 'a self-hosted server accepts and drops it',
      replaces: 'an instruction of one request, not stored',
      is_schedule_active: 'not paused, in the words of older clients',
      manifest_path: 'nobody reads a manifest from 3.0 on; an export tells of it',
      max_active_runs: 'Prefect has it no more from 3.0 on; an export tells of it',
      catchup: 'Prefect has it no more from 3.0 on; an export tells of it',
    },
  },
  list: (reader, _server, wanted, onPage) => listDeployments(reader, wanted, onPage),
  key(raw, names) {
    const flow = names.raw(raw.flow_id)
    return flow && keyOf(text(flow, 'name'), text(raw, 'name'))
  },
  keyRefs: (key) => [`flow/${keyParts(key)[0]}`],
  carryOver: ['schedules', 'global_concurrency_limit', 'paused'],
  // Its own limit is a row, which exists before and after it is linked.
  rewriteOnUndo: ['limit', 'concurrency_limit'],
  encode: encodeDeployment,
  disabledSpec: { paused: true },
  keepActivation: (resource, before) => ({
    ...resource,
    spec: { ...resource.spec, ...keepActive(resource.spec.schedules, before.spec.schedules) },
  }),
  check({ key, refs }) {
    const [flow, name, ...more] = keyParts(key)
    if (name === undefined || more.length > 0)
      return [{ code: 'invalid-key', pointer: '/key', message: 'The key of a deployment is FLOW/DEPLOYMENT.' }]
    return refs.flow && refs.flow !== `flow/${flow}`
      ? [
          {
            code: 'invalid-key',
            pointer: '/key',
            message: `The key begins with ${flow}, but refs.flow is ${refs.flow}.`,
          },
        ]
      : []
  },
  incompatibilities: incompatibilities,
  scheduledRuns: { effect: runsEffect, count: countScheduledRuns },
  readiness: { check: checkReady },
  smallestTierHolds: 5,
  effects: deploymentEffects,
  create: createDeployment,
  async update(write, before, after, fields) {
    await updateDeployment(write, before, after, fields)
  },
  remove: removeDeployment,
  async find(reader, { resource }) {
    const [first] = await listDeployments(reader, new Set([resource.key]))
    return first && idOf(first)
  },
}

function withoutNulls(value: Json): Json {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null))
}

function incompatibilities(
  { key, spec, refs }: Resource,
  server: Server,
  before: LiveResource | undefined,
): Incompatibility[] {
  const { version } = server
  const out: Incompatibility[] = []
  if (object(spec.concurrency_options).grace_period_seconds !== undefined && !atLeast(version, '3.6.6'))
    out.push({
      pointer: '/spec/concurrency_options/grace_period_seconds',
      drops: 'field',
      reason: 'Prefect has it from 3.6.6 on',
    })
  const fault = before ? undefined : nameFault('deployment', keyParts(key)[1] ?? '')
  if (fault) out.push({ drops: 'resource', reason: fault })
  if (!before) return out
  const schema = 'parameter_openapi_schema'
  if (isEmpty(spec[schema]) && !isEmpty(before.spec[schema]) && fillsSchema(server))
    out.push({
      pointer: `/spec/${schema}`,
      drops: 'field',
      reason: 'a server stores {} only when it creates a deployment, and {type: object, properties: {}} means the same',
    })
  if (before.spec.job_variables && !spec.job_variables && !atLeast(version, '3.8.7'))
    out.push({
      pointer: '/spec/job_variables',
      drops: 'field',
      reason: 'servers before 3.8.7 cannot empty job_variables',
    })
  if (before.refs.queue && !refs.queue && !atLeast(version, '3.6.27'))
    out.push({
      pointer: '/refs/queue',
      drops: 'field',
      reason: 'servers before 3.6.27 cannot take a deployment off its pool',
    })
  return out
}
