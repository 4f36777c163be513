import { isNumber, isObject } from '../../json.ts'
import type { Rule } from '../../kind.ts'
import { type Ref, splitRef } from '../../ref.ts'
import { object } from '../endpoints.ts'
import { queueParts } from '../queue-name.ts'
import { preprocessed, unfitting, withoutRequired } from '../work-pool/variables-schema.ts'

/** What Prefect demands of `concurrency_options`. */
export const concurrencyOptionRules: readonly Rule[] = [
  {
    name: 'collision-strategy',
    doc: 'Concurrency options have a collision_strategy.',
    source: 'prefect/server/schemas/core.py: ConcurrencyOptions.collision_strategy',
    *find(value) {
      if (isObject(value) && (value.collision_strategy ?? object(value.other).collision_strategy) === undefined)
        yield {
          pointer: '',
          problem: 'concurrency options without collision_strategy',
          fix: 'Add collision_strategy: ENQUEUE or CANCEL_NEW.',
        }
    },
  },
  {
    name: 'grace-period',
    doc: 'A grace period is from 60 to 86400 seconds.',
    source: 'prefect/server/schemas/core.py: ConcurrencyOptions.grace_period_seconds',
    since: '3.6.6',
    *find(value) {
      const { grace_period_seconds: seconds = null } = object(value)
      if (isNumber(seconds) && (Number(seconds) < 60 || Number(seconds) > 86_400))
        yield {
          pointer: '/grace_period_seconds',
          problem: `a grace period of ${Number(seconds)} seconds: it is from 60 to 86400 seconds`,
          fix: 'Write a number from 60 to 86400.',
        }
    },
  },
]

/** A deployment has a limit of its own, or shares one. */
export const oneLimitRule: Rule = {
  name: 'one-limit',
  doc: 'A deployment has either a concurrency_limit of its own or refs.limit.',
  source: 'prefect/server/schemas/actions.py: DeploymentCreate._validate_concurrency_limits',
  *find(value, { resource }) {
    if (value !== null && resource.refs.limit)
      yield { pointer: '', problem: 'both a concurrency_limit and refs.limit', fix: 'Remove one of them.' }
  },
}

const enforced = 'apply stores them without this check, but each run with them is refused'

/** What Prefect demands of parameters and their schema, if it is enforced. */
export const parameterRules: readonly Rule[] = [
  {
    name: 'parameters-fit',
    doc: 'With enforce_parameter_schema, parameters fit parameter_openapi_schema.',
    source: 'prefect/_internal/schemas/validators.py: validate_parameters_conform_to_schema',
    held: enforced,
    *find(value, around) {
      const { enforce_parameter_schema: isEnforced, parameter_openapi_schema: schema } = around.resource.spec
      if (isEnforced === false || !isObject(schema)) return
      for (const { pointer, reason } of unfitting(value, withoutRequired(schema), '/parameters', around))
        yield { pointer, problem: `the parameter: it ${reason}`, fix: 'Correct it, or its schema.' }
    },
  },
]

export const parameterSchemaRule: Rule = {
  name: 'parameter-schema',
  doc: 'With enforce_parameter_schema, parameter_openapi_schema is a JSON Schema.',
  source: 'prefect/_internal/schemas/validators.py: validate_parameter_openapi_schema',
  held: enforced,
  *find(value, { resource, schemas }) {
    if (resource.spec.enforce_parameter_schema === false || !isObject(value)) return
    const [fault] = schemas.faults(value)
    if (fault)
      yield { pointer: fault.pointer, problem: `a JSON Schema that ${fault.reason}`, fix: 'Correct the schema.' }
  },
}

/** Job variables fit the template of the deployment's pool. */
export const jobVariablesRule: Rule = {
  name: 'job-variables-fit',
  doc: 'Job variables fit the variables in the template of the pool.',
  source: 'prefect/server/api/validation.py: validate_job_variables_for_deployment',
  held: 'apply stores them without this check, but a run with them is refused',
  *find(value, around) {
    const queue = around.resource.refs.queue
    if (!queue) return
    const ref: Ref = `work-pool/${queueParts(splitRef(queue).key).pool}`
    const schema = object(object(around.resourceOf(ref)?.spec.base_job_template).variables)
    for (const { pointer, reason } of unfitting(value, preprocessed(withoutRequired(schema)), '/job_variables', around))
      yield {
        pointer,
        problem: `the job variable: by the template of ${ref}, it ${reason}`,
        fix: 'Correct it, or the template of the pool.',
      }
  },
}
