import { type Json, type JsonObject, sameJson } from '../../json.ts'
import type { Kind, ResolvedResource } from '../../kind.ts'
import { nameInKey } from '../../ref.ts'
import { countShape, createdBy, doneBy, listOf, orNull, rowsFrom, rowWith } from '../answer-shapes.ts'
import { idOf, text } from '../endpoints.ts'
import { anyObject, boolean, nullableString, string, tags } from '../field-schemas.ts'
import { readCount } from '../read-list.ts'
import { actionRules } from './action-rules.ts'
import { automationIncompatibilities } from './automation-incompatibilities.ts'
import { automationsNamed, encodeAutomation, listAutomations } from './automation-read.ts'
import {
  bodyOf,
  createAutomation,
  isSwitch,
  removeAutomation,
  tagsSince,
  updateAutomation,
} from './automation-write.ts'
import { policyAnswers } from './notification-policy.ts'
import { ownership } from './ownership.ts'
import { runVariableFaults } from './run-variables.ts'
import { normalizeActions, normalizeTrigger } from './trigger.ts'
import { triggerRules } from './trigger-rules.ts'

const trigger: JsonObject = { type: 'object', properties: { type: { type: 'string' } } }

const actions: JsonObject = {
  type: 'array',
  items: { type: 'object', properties: { type: { type: 'string' } }, required: ['type'] },
}

/** Trigger and action models of the supported versions. Those of newer versions are carried too. */
const freeformModels = [
  'EventTrigger',
  'CompoundTrigger',
  'SequenceTrigger',
  'ResourceSpecification',
  'DoNothing',
  'RunDeployment',
  'PauseDeployment',
  'ResumeDeployment',
  'CancelFlowRun',
  'DeleteFlowRun',
  'SuspendFlowRun',
  'ResumeFlowRun',
  'ChangeFlowRunState',
  'PauseWorkPool',
  'ResumeWorkPool',
  'PauseWorkQueue',
  'ResumeWorkQueue',
  'PauseAutomation',
  'ResumeAutomation',
  'SendNotification',
  'CallWebhook',
]

/** Fields of actions that hold what users write: arguments and texts. */
const userValues = ['parameters', 'job_variables', 'subject', 'body', 'payload', 'message']

const automationRow = rowWith(
  {
    name: string,
    description: nullableString,
    enabled: orNull(boolean),
    trigger: anyObject,
    actions: listOf(anyObject),
    actions_on_trigger: orNull(listOf(anyObject)),
    actions_on_resolve: orNull(listOf(anyObject)),
    tags: orNull(tags),
  },
  ['name', 'trigger', 'actions'],
)

/** An automation. `POST /automations/`; names are not unique. */
export const automation: Kind = {
  name: 'automation',
  nouns: ['flow run notification policy'],
  doc: 'An automation: actions that run in response to events, or to their absence.',
  keyDoc: 'the name, or name#discriminator if the name is not unique',
  ambiguous: true,
  disabledSpec: { enabled: false },
  startsWork: ({ spec }) => spec.enabled !== false,
  refFields: {
    owner: {
      kinds: ['deployment'],
      doc: 'The deployment whose trigger it is. Deploying it again replaces the automation.',
      fixed: 'the owner of an automation is set when it is created',
      unreadable: true,
    },
  },
  fields: {
    description: { schema: string, doc: 'Description.', default: '' },
    tags: { schema: tags, doc: 'Tags of the automation.', default: [], since: tagsSince },
    enabled: { schema: boolean, doc: 'Whether the automation is enabled.', operational: true },
    trigger: {
      schema: trigger,
      doc: 'The events that trigger the actions.',
      rules: triggerRules,
      required: true,
      freeform: true,
      idsExceptIn: [],
      deferrable: true,
      normalize: normalizeTrigger,
    },
    actions: {
      schema: actions,
      doc: 'Actions that run when the trigger fires or resolves.',
      rules: actionRules,
      default: [],
      freeform: true,
      idsExceptIn: userValues,
      deferrable: true,
      normalize: normalizeActions,
    },
    actions_on_trigger: {
      schema: actions,
      doc: 'Actions that run when the trigger fires.',
      rules: actionRules,
      default: [],
      freeform: true,
      idsExceptIn: userValues,
      deferrable: true,
      normalize: normalizeActions,
    },
    actions_on_resolve: {
      schema: actions,
      doc: 'Actions that run when the trigger resolves.',
      rules: actionRules,
      default: [],
      freeform: true,
      idsExceptIn: userValues,
      deferrable: true,
      normalize: normalizeActions,
    },
  },
  idKeys: ['automation_id'],
  coverage: {
    models: {
      create: ['AutomationCreate'],
      update: ['AutomationUpdate', 'AutomationPartialUpdate'],
      read: ['Automation'],
      older: ['FlowRunNotificationPolicy'],
      freeform: freeformModels,
    },
    mapped: {
      name: 'key',
      owner_resource: 'owner',
      is_active: 'enabled',
      state_names: 'trigger',
      block_document_id: 'actions',
      message_template: 'actions',
    },
    own: ['id', 'created', 'updated'],
  },
  answers: [
    rowsFrom('POST /automations/filter', automationRow),
    { to: 'POST /automations/count', schema: countShape },
    createdBy('POST /automations/'),
    doneBy('PUT|PATCH|DELETE /automations/*'),
    ...policyAnswers,
  ],
  list: listAutomations,
  key: (raw) => text(raw, 'name'),
  encode: encodeAutomation,
  incompatibilities: automationIncompatibilities,
  effects(change, _server, resourceOf) {
    if (change.action === 'delete') return []
    const isSwitched = change.action === 'update' && isSwitch(change.fields)
    const faults = isSwitched ? [] : runVariableFaults(change.after.spec.actions, resourceOf)
    if (change.action === 'create')
      return [
        ...faults,
        ...ownership(change.after),
        ...(change.after.spec.enabled === false ? [] : ['it will be active immediately']),
      ]
    if (change.action !== 'update') return faults
    const enabled = change.before.spec.enabled === false && change.after.spec.enabled === true
    return [
      ...faults,
      ...(isSwitched ? [] : ['the state of its trigger (counts and timers) will be reset']),
      ...(enabled ? ['it will be active immediately'] : []),
    ]
  },
  quotas: [
    { limit: 'automations_limit', what: 'automations', used: (reader) => readCount(reader, '/automations/count') },
  ],
  carryOver: ['is_policy'],
  create: createAutomation,
  update: updateAutomation,
  remove: removeAutomation,
  async find(reader, after) {
    const name = nameInKey(after.resource.key)
    const found = await automationsNamed(reader, [name])
    const same = found.find(
      (raw) =>
        raw.name === name &&
        ['trigger', 'actions', 'actions_on_trigger', 'actions_on_resolve'].every((field) =>
          sameField(raw, after, field),
        ),
    )
    return same && idOf(same)
  },
}

function sameField(raw: JsonObject, after: ResolvedResource, name: string): boolean {
  const normalize = automation.fields[name]?.normalize ?? ((value: Json) => value)
  const wanted = bodyOf(after)[name]
  return sameJson(normalize(raw[name] ?? []), normalize(wanted ?? []))
}
