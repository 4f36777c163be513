import { isObject, type Json, type JsonObject } from '../../json.ts'
import type { Resource } from '../../model.ts'
import { nameInKey } from '../../ref.ts'
import { type Argument, type Hcl, jsonencode } from './hcl.ts'
import { type Configure, ownId, plainArguments } from './provider-resource.ts'
import { fieldExpression, type Scope } from './references.ts'

const eventFields = ['type', 'posture', 'match', 'match_related', 'after', 'expect', 'for_each', 'threshold', 'within']
const metricFields = ['type', 'posture', 'match', 'match_related', 'metric']
const groupFields = ['type', 'require', 'within', 'triggers']

const actionTypes = new Set(
  `do-nothing run-deployment pause-deployment resume-deployment cancel-flow-run change-flow-run-state pause-work-queue
  resume-work-queue send-notification send-email-notification call-webhook pause-automation resume-automation suspend-flow-run
  resume-flow-run declare-incident pause-work-pool resume-work-pool pause-schedule-for-flow-run resume-schedule-for-flow-run`.split(
    /\s+/,
  ),
)
const actionFields = new Set(
  `type source automation_id block_document_id body deployment_id emails job_variables message name parameters payload schedule_id
  state subject work_pool_id work_queue_id`.split(/\s+/),
)
const lists = ['actions', 'actions_on_trigger', 'actions_on_resolve'] as const

export const configureAutomation: Configure = (resource, scope) => {
  const { spec, refs, key } = resource
  const obstacle = triggerObstacle(spec.trigger ?? null, false) ?? actionObstacle(resource)
  if (obstacle !== undefined) {
    scope.losses.whole(resource, obstacle)
    return undefined
  }
  if (Array.isArray(spec.tags) && spec.tags.length > 0) scope.losses.part(resource, 'the tags')
  if (refs.owner) scope.losses.part(resource, 'the deployment that owns it and whose next deploy replaces it')
  const trigger = objectAt(fieldExpression(scope, resource, 'trigger'))
  return {
    body: [
      ['name', nameInKey(key)],
      ...plainArguments(resource, scope, ['description']),
      ['enabled', spec.enabled !== false],
      ['trigger', triggerOf(trigger)],
      ...lists.flatMap((name) => actionsOf(resource, scope, name)),
    ],
    importId: ownId(resource, scope),
  }
}

function triggerObstacle(trigger: Json, isInner: boolean): string | undefined {
  if (!isObject(trigger)) return 'it has no trigger'
  const { type = 'event', triggers } = trigger
  const isGroup = type === 'compound' || type === 'sequence'
  const fields = type === 'event' ? eventFields : type === 'metric' ? metricFields : isGroup ? groupFields : undefined
  if (fields === undefined) return `the provider has no trigger of type ${String(type)}`
  if (isGroup && isInner) return 'the provider has no compound trigger or sequence inside of another one'
  const unknown = Object.keys(trigger).find((name) => !fields.includes(name))
  if (unknown !== undefined) return `the provider has no ${unknown} of a trigger`
  if (!isGroup) return undefined
  return (Array.isArray(triggers) ? triggers : []).map((inner) => triggerObstacle(inner, true)).find((reason) => reason)
}

function actionObstacle({ spec }: Resource): string | undefined {
  for (const action of lists.flatMap((name) => (Array.isArray(spec[name]) ? spec[name] : [])) as JsonObject[]) {
    if (!actionTypes.has(String(action.type))) return `the provider has no action of type ${String(action.type)}`
    const unknown = Object.keys(action).find((name) => !actionFields.has(name))
    if (unknown !== undefined) return `the provider has no ${unknown} of an action`
  }
  return undefined
}

function objectAt(value: Hcl | undefined): ReadonlyMap<string, Hcl> {
  return new Map(typeof value === 'object' && value !== null && 'object' in value ? value.object : [])
}

function listOf(value: Hcl | undefined): readonly Hcl[] {
  return typeof value === 'object' && value !== null && 'list' in value ? value.list : []
}

function triggerOf(trigger: ReadonlyMap<string, Hcl>): Hcl {
  const type = String(trigger.get('type') ?? 'event')
  const body = type === 'event' ? eventOf(trigger) : type === 'metric' ? metricOf(trigger) : groupOf(trigger)
  return { object: [[type, { object: body }]] }
}

/** The server's defaults are written, because the provider has none for them. */
function eventOf(trigger: ReadonlyMap<string, Hcl>): Argument[] {
  const posture = trigger.get('posture') ?? 'Reactive'
  return [
    ['posture', posture],
    ...matches(trigger),
    ...['after', 'expect', 'for_each'].flatMap((name) => present(trigger, name)),
    ['threshold', trigger.get('threshold') ?? 1],
    ['within', trigger.get('within') ?? (posture === 'Proactive' ? 10 : 0)],
  ]
}

function metricOf(trigger: ReadonlyMap<string, Hcl>): Argument[] {
  return [...matches(trigger), ...present(trigger, 'metric')]
}

function groupOf(trigger: ReadonlyMap<string, Hcl>): Argument[] {
  const within = trigger.get('within') ?? null
  return [
    ...present(trigger, 'require'),
    ...(within === null ? [] : [['within', within] satisfies Argument]),
    ['triggers', { list: listOf(trigger.get('triggers')).map((inner) => triggerOf(objectAt(inner))) }],
  ]
}

function matches(trigger: ReadonlyMap<string, Hcl>): Argument[] {
  return ['match', 'match_related'].flatMap((name): Argument[] => {
    const value = trigger.get(name)
    return value === undefined ? [] : [[name, jsonencode(value)]]
  })
}

function present(object: ReadonlyMap<string, Hcl>, name: string): Argument[] {
  const value = object.get(name)
  return value === undefined ? [] : [[name, value]]
}

function actionsOf(resource: Resource, scope: Scope, name: string): Argument[] {
  const actions = resource.spec[name]
  if (!Array.isArray(actions) || actions.length === 0) return []
  const list = listOf(fieldExpression(scope, resource, name)).map((action): Hcl => {
    const { type, ...fields } = Object.fromEntries(objectAt(action))
    const isJson = (field: string) => field === 'parameters' || field === 'job_variables'
    const more = Object.entries(fields).map(
      ([field, value]): Argument => [field, isJson(field) ? jsonencode(value) : value],
    )
    return { object: [['type', type ?? ''], ...more] }
  })
  return [[name, { list }]]
}
