import { isObject, type JsonObject, own } from '../../json.ts'
import type { Finding, Rule } from '../../kind.ts'
import { objects } from '../endpoints.ts'
import { isTime, laxSeconds, noTime } from '../lax-values.ts'
import { parameterFindings, templateProblems } from './action-templates.ts'
import { cloudActions } from './cloud-parts.ts'
import { runVariableFaults } from './run-variables.ts'
import { below, unknownType } from './trigger-rules.ts'

const source = 'prefect/server/events/actions.py'

/** The ID of what an action works on, by the end of its type. */
const targets: Readonly<Record<string, string>> = {
  'run-deployment': 'deployment_id',
  'pause-deployment': 'deployment_id',
  'resume-deployment': 'deployment_id',
  'pause-work-pool': 'work_pool_id',
  'resume-work-pool': 'work_pool_id',
  'pause-work-queue': 'work_queue_id',
  'resume-work-queue': 'work_queue_id',
  'pause-automation': 'automation_id',
  'resume-automation': 'automation_id',
}
const required: Readonly<Record<string, readonly string[]>> = {
  'change-flow-run-state': ['state'],
  'call-webhook': ['block_document_id'],
  'send-notification': ['block_document_id', 'body'],
}
const others = [
  'do-nothing',
  'cancel-flow-run',
  'delete-flow-run',
  'suspend-flow-run',
  'resume-flow-run',
  ...cloudActions,
]
const actionTypes = [...Object.keys(targets), ...Object.keys(required), ...others]
const states = 'SCHEDULED PENDING RUNNING COMPLETED FAILED CANCELLED CRASHED PAUSED CANCELLING'.split(' ')

type Problem = Omit<Finding, 'pointer'> & { readonly at?: string }

function each(judge: (action: JsonObject, type: string) => Iterable<Problem>): Rule['find'] {
  return function* (value) {
    for (const [index, action] of objects(value).entries())
      for (const { at, ...problem } of judge(action, String(action.type)))
        yield { pointer: at === undefined ? `/${index}` : below(`/${index}`, at, action), ...problem }
  }
}

/** What Prefect demands of actions. */
export const actionRules: readonly Rule[] = [
  {
    name: 'action-type',
    doc: `The type of an action is one of ${actionTypes.join(', ')}; only Prefect Cloud has ${cloudActions.join(', ')}.`,
    source: `${source}: ServerActionTypes`,
    find: each(function* (_action, type) {
      if (!actionTypes.includes(type)) yield { at: 'type', ...unknownType('action', type, actionTypes) }
    }),
  },
  {
    name: 'action-target',
    doc: 'An action on a selected object (the default) has its ID; one on an inferred object has none.',
    source: `${source}: DeploymentAction, WorkPoolAction, WorkQueueAction, AutomationAction`,
    find: each(function* (action, type) {
      const id = own(targets, type)
      if (id === undefined) return
      const { source: from = 'selected' } = action
      if (from !== 'selected' && from !== 'inferred')
        yield {
          at: 'source',
          problem: `the source ${JSON.stringify(from)} of an action`,
          fix: 'Write source: selected or source: inferred.',
        }
      else if (from === 'selected' && !action[id])
        yield {
          problem: `the action ${type} with source selected, but without ${id}`,
          fix: `Add ${id}, or write source: inferred.`,
        }
      else if (from === 'inferred' && action[id])
        yield {
          at: id,
          problem: `the action ${type} with source inferred and ${id}`,
          fix: `Remove ${id}, or write source: selected.`,
        }
    }),
  },
  {
    name: 'action-fields',
    doc: 'change-flow-run-state has a state, call-webhook a block_document_id, send-notification a block_document_id and a body.',
    source: `${source}: ChangeFlowRunState, CallWebhook, SendNotification`,
    find: each(function* (action, type) {
      for (const name of own(required, type) ?? [])
        if (action[name] === undefined) yield { problem: `the action ${type} without ${name}`, fix: `Add ${name}.` }
    }),
  },
  {
    name: 'action-state',
    doc: `A state is one of ${states.join(', ')}.`,
    source: 'prefect/server/schemas/states.py: StateType',
    find: each(function* ({ state }, type) {
      if (type !== 'change-flow-run-state' || state === undefined || states.includes(String(state))) return
      const near = states.find((name) => name === String(state).toUpperCase())
      yield {
        at: 'state',
        problem: `the state ${JSON.stringify(state)}`,
        fix: near ? `Write ${near}.` : `Write one of ${states.join(', ')}.`,
      }
    }),
  },
  {
    name: 'schedule-after',
    doc: 'schedule_after is a number of seconds, or a duration such as PT10M, and not negative.',
    source: 'prefect/types/__init__.py: NonNegativeTimeDelta',
    since: '3.4.15',
    find: each(function* ({ schedule_after: after = null }, type) {
      if (after === null || type !== 'run-deployment') return
      if (!isTime(after)) yield { at: 'schedule_after', ...noTime('schedule_after', after) }
      else if (Number(laxSeconds(after)) < 0)
        yield {
          at: 'schedule_after',
          problem: `schedule_after of ${Number(laxSeconds(after))} seconds`,
          fix: 'Write 0 or more seconds.',
        }
    }),
  },
  {
    name: 'template',
    doc: 'The subject and body of send-notification and the payload of call-webhook are Jinja templates with at most 10 loops, nested two deep.',
    source: 'prefect/server/utilities/user_templates.py: validate_user_template',
    find: each(templateProblems),
  },
  {
    name: 'run-parameters',
    doc: 'Parameters of run-deployment with {{ or {% are Jinja templates, and an object with __prefect_kind has what that kind needs.',
    source: 'prefect/utilities/schema_tools/hydration.py',
    *find(value) {
      for (const [index, { type, parameters }] of objects(value).entries())
        if (type === 'run-deployment' && isObject(parameters))
          yield* parameterFindings(parameters, `/${index}/parameters`)
    },
  },
  {
    name: 'run-variables-fit',
    doc: 'The job variables of run-deployment fit the template of the pool of its deployment, and none is missing.',
    source: 'prefect/server/api/validation.py: validate_job_variables_for_run_deployment_action',
    held: 'servers keep such an action if the template was changed afterwards',
    *find(value, { resourceOf }) {
      for (const [index, action] of objects(value).entries())
        for (const fault of runVariableFaults([action], resourceOf))
          yield {
            pointer: `/${index}/job_variables`,
            problem: `the job variables: ${fault.replace(/^the server may refuse it: /, '')}`,
            fix: 'Correct them, or the template of the pool.',
          }
    },
  },
]
