import { type Json, type JsonObject, own } from '../../json.ts'
import type { Answer } from '../../kind.ts'
import type { LiveResource, Reader } from '../../model.ts'
import { doneBy, listOf, orNull, rowWith } from '../answer-shapes.ts'
import { at, list, text } from '../endpoints.ts'
import { boolean, nullableString, string, tags } from '../field-schemas.ts'
import { readPages } from '../read-list.ts'

/** The first Prefect version without notification policies. Its database migration converts them to automations. */
export const policiesUntil = '3.4.0'

const policyRow = rowWith(
  {
    state_names: tags,
    tags,
    block_document_id: string,
    is_active: orNull(boolean),
    message_template: nullableString,
  },
  ['state_names', 'tags', 'block_document_id'],
)

/** The answers of the routes of notification policies. */
export const policyAnswers: readonly Answer[] = [
  { to: 'POST /flow_run_notification_policies/filter', schema: listOf(policyRow) },
  doneBy('PATCH|DELETE /flow_run_notification_policies/*'),
]

/**
 * Reads the notification policies of an older server, each converted to the automation that Prefect's own migration
 * creates from it (migration `7655f31c5157` of 3.4.0), except that the order of the states is not random.
 */
export async function readPolicies(reader: Reader): Promise<readonly JsonObject[]> {
  // An empty filter object would omit active policies.
  const policies = await readPages(reader, '/flow_run_notification_policies/filter', {})
  return policies.map(asAutomation)
}

/** The name of every automation that was a policy. */
export const policyName = 'Flow Run State Change Notification'

function asAutomation(policy: JsonObject): JsonObject {
  const [states, tags] = [list(policy.state_names).map(String), list(policy.tags)]
  return {
    id: policy.id ?? '',
    is_policy: true,
    name: policyName,
    description: 'Migrated from a flow run notification policy',
    enabled: policy.is_active ?? true,
    trigger: {
      type: 'event',
      posture: 'Reactive',
      match: { 'prefect.resource.id': 'prefect.flow-run.*' },
      match_related: tags.length > 0 ? taggedWith(tags) : {},
      expect: states.length > 0 ? states.map((state) => `prefect.flow-run.${state}`) : ['prefect.flow-run.*'],
      for_each: ['prefect.resource.id'],
      threshold: 1,
      within: 10,
    },
    actions: [
      {
        type: 'send-notification',
        block_document_id: policy.block_document_id ?? '',
        subject: 'Prefect flow run notification',
        body: text(policy, 'message_template') ? toJinja(text(policy, 'message_template')) : body,
      },
    ],
  }
}

/** The API path of an automation that is still a policy; undefined for an automation. */
export function policyPath({ id, carriedOver }: LiveResource): string | undefined {
  return carriedOver.is_policy === true ? at`/flow_run_notification_policies/${id}` : undefined
}

function taggedWith(tags: readonly Json[]): JsonObject {
  return { 'prefect.resource.role': 'tag', 'prefect.resource.id': tags.map((tag) => `prefect.tag.${String(tag)}`) }
}

/** The default message of a policy. */
const body = `
Flow run {{ flow.name }}/{{ flow_run.name }} observed in state \`{{ flow_run.state.name }}\` at {{ flow_run.state.timestamp }}.
Flow ID: {{ flow_run.flow_id }}
Flow run ID: {{ flow_run.id }}
Flow run URL: {{ flow_run|ui_url }}
State message: {{ flow_run.state.message }}
`

const variables: Readonly<Record<string, string>> = {
  flow_run_notification_policy_id: 'Event ID {{ event.id }}',
  flow_id: '{{ flow.id }}',
  flow_name: '{{ flow.name }}',
  flow_run_url: '{{ flow_run|ui_url }}',
  flow_run_id: '{{ flow_run.id }}',
  flow_run_name: '{{ flow_run.name }}',
  flow_run_parameters: '{{ flow_run.parameters }}',
  flow_run_state_type: '{{ flow_run.state.type }}',
  flow_run_state_name: '{{ flow_run.state.name }}',
  flow_run_state_timestamp: '{{ flow_run.state.timestamp }}',
  flow_run_state_message: '{{ flow_run.state.message }}',
}

/**
 * Converts the template of a policy (Python's `str.format`, in which braces are escaped by doubling) to that of an
 * automation (Jinja).
 */
function toJinja(template: string): string {
  return template.replace(/\{\{|\}\}|\{(\w+)\}/g, (found, name: string | undefined) =>
    name === undefined ? found.charAt(0) : (own(variables, name) ?? found),
  )
}
