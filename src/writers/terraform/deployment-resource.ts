import { isNumber, isObject, type Json, type JsonObject, someString } from '../../json.ts'
import type { Resource } from '../../model.ts'
import { keyParts } from '../../ref.ts'
import type { Argument, Hcl } from './hcl.ts'
import { jsonencode } from './hcl.ts'
import { type Configure, ownId, plainArguments } from './provider-resource.ts'
import { fieldExpression, idExpression, jsonField, type Scope, valueExpression } from './references.ts'
import { poolArguments } from './simple-resources.ts'

/** The pull steps that the provider has, each with the arguments that it can have. */
const steps: Readonly<Record<string, readonly string[]>> = {
  'prefect.deployments.steps.git_clone': ['repository', 'branch', 'access_token', 'credentials', 'include_submodules'],
  'prefect.deployments.steps.run_shell_script': ['script', 'directory', 'env', 'stream_output', 'expand_env_vars'],
  'prefect.deployments.steps.pip_install_requirements': ['directory', 'requirements_file', 'stream_output'],
  'prefect.deployments.steps.set_working_directory': ['directory'],
  'prefect_azure.deployments.steps.pull_from_azure_blob_storage': ['container', 'folder', 'credentials'],
  'prefect_gcp.deployments.steps.pull_from_gcs': ['bucket', 'folder', 'credentials'],
  'prefect_aws.deployments.steps.pull_from_s3': ['bucket', 'folder', 'credentials'],
}

export const configureDeployment: Configure = (resource, scope) => {
  const { spec, refs, key } = resource
  const ignored: string[] = []
  if (isObject(spec.labels) && Object.keys(spec.labels).length > 0) scope.losses.part(resource, 'the labels')
  if (refs.infrastructure) scope.losses.part(resource, 'the infrastructure block')
  const pullSteps = pullStepsOf(resource, scope)
  if (pullSteps === 'unknown') ignored.push('pull_steps')
  const body: Argument[] = [
    ['name', keyParts(key)[1] ?? ''],
    ['flow_id', { raw: idExpression(scope, refs.flow ?? 'flow/') }],
    ...plainArguments(resource, scope, ['description', 'version', 'tags', 'entrypoint', 'path']),
    ...(pullSteps === 'unknown' || pullSteps.length === 0
      ? []
      : [['pull_steps', { list: pullSteps }] satisfies Argument]),
    ...jsonArguments(resource, scope, ['parameters', 'parameter_openapi_schema']),
    ['enforce_parameter_schema', spec.enforce_parameter_schema !== false],
    ...poolArguments(resource, scope),
    ...jsonArguments(resource, scope, ['job_variables']),
    ['paused', spec.paused === true],
    ...limitArguments(resource, scope, ignored),
    ...(refs.storage ? [['storage_document_id', { raw: idExpression(scope, refs.storage) }] satisfies Argument] : []),
  ]
  return { body, ignored, importId: ownId(resource, scope), parts: scheduleParts(resource, scope) }
}

function jsonArguments(resource: Resource, scope: Scope, names: readonly string[]): Argument[] {
  return names
    .filter((name) => isObject(resource.spec[name]))
    .map((name): Argument => [name, jsonField(scope, resource, name)])
}

/** The pull steps as the provider has them; `unknown` if it lacks one of them or an argument of one. */
function pullStepsOf(resource: Resource, scope: Scope): readonly Hcl[] | 'unknown' {
  const { pull_steps } = resource.spec
  if (!Array.isArray(pull_steps) || pull_steps.length === 0) return []
  const unknown = (what: string) => {
    scope.losses.part(resource, `the pull steps, because of ${what}`)
    return 'unknown' as const
  }
  const written = fieldExpression(scope, resource, 'pull_steps')
  const items = typeof written === 'object' && written !== null && 'list' in written ? written.list : []
  const out: Hcl[] = []
  for (const item of items) {
    const entries = objectOf(item)
    const [[name, inputs] = ['', null], ...more] = entries
    const known = steps[name]
    if (known === undefined || more.length > 0) return unknown(name === '' ? 'an empty one' : name)
    const given = objectOf(inputs).filter(([input, id]) => input !== 'id' || isUsed(pull_steps, id))
    const missing = given.find(([input]) => input !== 'requires' && !known.includes(input))
    if (missing) return unknown(`${missing[0]} of ${name}`)
    out.push({ object: [['type', name.slice(name.lastIndexOf('.') + 1)], ...given] })
  }
  return out
}

/** Whether a step uses the output of the one with this ID, which without the ID has none. */
function isUsed(all: Json, id: Hcl): boolean {
  return typeof id !== 'string' || someString(all, (text) => text.includes('{{') && text.includes(`${id}.`))
}

function objectOf(value: Hcl | undefined): readonly Argument[] {
  return typeof value === 'object' && value !== null && 'object' in value ? value.object : []
}

function limitArguments(resource: Resource, scope: Scope, ignored: string[]): Argument[] {
  const { concurrency_limit: own = null, concurrency_options: options } = resource.spec
  const out: Argument[] = []
  if (resource.refs.limit) out.push(['global_concurrency_limit_id', { raw: idExpression(scope, resource.refs.limit) }])
  else if (isNumber(own)) out.push(['concurrency_limit', valueExpression(scope, own)])
  else if (isObject(own)) {
    scope.losses.part(resource, 'a concurrency limit that is inactive, decays or is not above 0')
    ignored.push('concurrency_limit')
  }
  if (!isObject(options)) return out
  const { collision_strategy, ...more } = options
  if (Object.keys(more).length > 0 || typeof collision_strategy !== 'string') {
    scope.losses.part(resource, 'the concurrency options, because of more than a strategy')
    ignored.push('concurrency_options')
  } else out.push(['concurrency_options', { object: [['collision_strategy', collision_strategy]] }])
  return out
}

/** The schedules. The provider cannot import them, so that those on the server would be created once more. */
function scheduleParts(resource: Resource, scope: Scope) {
  const { schedules } = resource.spec
  const found = Array.isArray(schedules) ? schedules.filter(isObject) : []
  if (scope.isImported) {
    if (found.length > 0)
      scope.losses.part(
        resource,
        'the schedules, which the provider cannot import',
        'They stay on the server as they are. To have Terraform create them elsewhere, convert a snapshot.',
      )
    return []
  }
  return found.flatMap((schedule, index) => {
    if ((schedule.cron ?? schedule.interval ?? schedule.rrule) === undefined || schedule.other !== undefined) {
      scope.losses.part(resource, 'a schedule of a form that only newer servers have')
      return []
    }
    const suffix = typeof schedule.slug === 'string' ? schedule.slug : String(index + 1)
    return [{ type: 'prefect_deployment_schedule', suffix, body: scheduleBody(resource, schedule, scope) }]
  })
}

const ofSchedule = [
  'slug',
  'cron',
  'interval',
  'rrule',
  'anchor_date',
  'timezone',
  'day_or',
  'active',
  'max_scheduled_runs',
]

function scheduleBody(resource: Resource, schedule: JsonObject, scope: Scope): Argument[] {
  const complete: JsonObject = {
    ...(schedule.cron === undefined ? { timezone: 'UTC' } : { day_or: true }),
    ...schedule,
  }
  return [
    ['deployment_id', { raw: idExpression(scope, `deployment/${resource.key}`) }],
    ...ofSchedule.flatMap((name): Argument[] => {
      const value = complete[name]
      return value === undefined || value === null ? [] : [[name, valueExpression(scope, value)]]
    }),
    ...(isObject(schedule.parameters)
      ? [['parameters', jsonencode(valueExpression(scope, schedule.parameters))] satisfies Argument]
      : []),
  ]
}
