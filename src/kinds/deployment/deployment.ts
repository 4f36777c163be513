import type { Kind } from '../../kind.ts'
import { keyOf, keyParts } from '../../ref.ts'
import { idOf, text } from '../endpoints.ts'
import { anyObject, boolean, nullableString, tags } from '../field-schemas.ts'
import { labels, labelsSince } from '../flow.ts'
import { nameRule } from '../name-rules.ts'
import { columnRule } from '../number-rules.ts'
import { readCount } from '../read-list.ts'
import { cloudFields } from './cloud-fields.ts'
import { compareOptions, normalizeOptions, optionsSchema } from './concurrency-options.ts'
import { deploymentAnswers } from './deployment-answers.ts'
import { noSchema } from './deployment-body.ts'
import { deploymentCoverage } from './deployment-coverage.ts'
import { activeSchedules, deploymentEffects, poolOf, runsEffect } from './deployment-effects.ts'
import { deploymentIncompatibilities } from './deployment-incompatibilities.ts'
import {
  interimLimit,
  interimOptions,
  normalizeOwnLimit,
  optionsSince,
  ownLimitSchema,
  sharedLimitsSince,
} from './deployment-limit.ts'
import { encodeDeployment, listDeployments } from './deployment-read.ts'
import {
  concurrencyOptionRules,
  jobVariablesRule,
  oneLimitRule,
  parameterRules,
  parameterSchemaRule,
} from './deployment-rules.ts'
import { runControl } from './deployment-run-control.ts'
import { checkReady, countScheduledRuns, deletesLate, readOpenRuns } from './deployment-runs.ts'
import { createDeployment, removeDeployment, updateDeployment } from './deployment-write.ts'
import { minimumInterval } from './minimum-interval.ts'
import { runHistory } from './past-runs.ts'
import {
  compareSchedules,
  keepActive,
  normalizeSchedules,
  runSchedules,
  schedulesSchema,
  withoutActive,
} from './schedule.ts'
import { readScheduleLimit } from './schedule-limit.ts'
import { scheduleRules } from './schedule-rules.ts'
import { shiftDeployment } from './shifted-schedules.ts'

/** A deployment. `POST /deployments/` (an upsert), keyed by flow and name. */
export const deployment: Kind = {
  name: 'deployment',
  doc: 'A deployment of a flow: the location of its code, its schedules, its work queue and its parameters.',
  keyDoc: 'flow/deployment',
  keyRules: [nameRule('deployment', (key) => keyParts(key)[1])],
  many: true,
  dropAfterEncode: true,
  refFields: {
    flow: {
      kinds: ['flow'],
      doc: 'The flow that it deploys.',
      required: true,
      fixed: 'a deployment stays with its flow',
    },
    queue: { kinds: ['work-queue'], doc: 'The work queue of its runs, which also determines their work pool.' },
    limit: {
      kinds: ['concurrency-limit', 'tag-concurrency-limit'],
      doc: 'A global concurrency limit that it shares with other deployments.',
      since: sharedLimitsSince,
      without: 'nothing would limit its runs',
    },
    storage: { kinds: ['block'], doc: 'The storage block of its code (for agents).' },
    infrastructure: { kinds: ['block'], doc: 'The infrastructure block (for agents).' },
  },
  fields: {
    description: { schema: nullableString, doc: 'Description, in Markdown.', default: null },
    version: { schema: nullableString, doc: 'Version; any text.', default: null },
    tags: { schema: tags, doc: 'Tags of the deployment and of its runs.', default: [] },
    labels: { schema: labels, doc: 'Labels, in addition to those of its flow.', default: {}, since: labelsSince },
    entrypoint: {
      schema: nullableString,
      doc: 'File and name of the flow function, such as path/to/file.py:function.',
      default: null,
    },
    path: { schema: nullableString, doc: 'Location of the code, relative to the storage or on disk.', default: null },
    pull_steps: {
      schema: { type: ['array', 'null'], items: { type: 'object' } },
      doc: 'Steps that fetch the code.',
      default: [],
      freeform: true,
    },
    parameters: {
      schema: anyObject,
      doc: 'Default parameters of its runs.',
      rules: parameterRules,
      default: {},
      freeform: true,
      deferrable: true,
    },
    parameter_openapi_schema: {
      schema: { type: ['object', 'null'] },
      doc: 'JSON Schema of the parameters.',
      rules: [parameterSchemaRule],
      default: noSchema,
      freeform: true,
    },
    enforce_parameter_schema: {
      schema: boolean,
      doc: 'Whether parameters are validated against their schema.',
      default: true,
      // A delete may turn it off, to take the deployment off its limit.
      interim: () => false,
    },
    job_variables: {
      schema: anyObject,
      doc: 'Values for the job template of its work pool.',
      rules: [jobVariablesRule],
      default: {},
      freeform: true,
      deferrable: true,
    },
    paused: { schema: boolean, doc: 'Whether its schedules are paused.', operational: true },
    schedules: {
      schema: schedulesSchema,
      doc: 'Schedules that create its runs.',
      default: [],
      freeform: true,
      normalize: normalizeSchedules,
      rules: scheduleRules,
      compare: compareSchedules,
    },
    concurrency_limit: {
      schema: ownLimitSchema,
      doc: 'Its own limit on concurrent runs.',
      rules: [oneLimitRule, columnRule],
      default: null,
      normalize: normalizeOwnLimit,
      interim: interimLimit,
    },
    concurrency_options: {
      schema: optionsSchema,
      doc: 'What happens to runs that exceed the limit.',
      rules: concurrencyOptionRules,
      default: null,
      since: optionsSince,
      normalize: normalizeOptions,
      compare: compareOptions,
      interim: interimOptions,
    },
    ...cloudFields,
  },
  idKeys: ['deployment_id', 'deployment_ids'],
  coverage: deploymentCoverage,
  answers: deploymentAnswers,
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
  keepActivation: (resource, other, which) => ({
    ...resource,
    spec: { ...resource.spec, ...keepActive(resource.spec.schedules, other.spec.schedules, which) },
  }),
  startsWork: (resource) => activeSchedules(resource).length > 0,
  servedBy: poolOf,
  withoutActivation: (resource) => ({
    ...resource,
    spec: { ...resource.spec, ...withoutActive(resource.spec.schedules) },
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
  limits: readScheduleLimit,
  incompatibilities: deploymentIncompatibilities,
  scheduledRuns: { effect: runsEffect, count: countScheduledRuns, open: readOpenRuns, deletesLate },
  runs: runControl,
  runLimit: 'concurrency_limit',
  runSchedules,
  shiftRuns: shiftDeployment,
  runHistory,
  ruleKeywords: [minimumInterval],
  readiness: { check: checkReady },
  quotas: [
    {
      limit: 'max_deployments_per_workspace',
      what: 'deployments',
      smallest: 5,
      used: (reader) => readCount(reader, '/deployments/count'),
    },
  ],
  effects: deploymentEffects,
  create: createDeployment,
  async update(write, before, after, fields) {
    await updateDeployment(write, before, after, fields)
  },
  remove: removeDeployment,
  async find(reader, { resource }) {
    const [, name] = keyParts(resource.key)
    const found = (await listDeployments(reader, new Set([resource.key]))).find((raw) => raw.name === name)
    return found && idOf(found)
  },
}
