import type { Json, JsonObject } from '../../json.ts'
import type { LiveResource, Reader } from '../../model.ts'
import { at, list, readPages, text } from '../endpoints.ts'

/** First Prefect version without notification policies: it makes automations of them when it migrates its database. */
export const policiesUntil = '3.4.0'

/**
 * The notification policies of a server older than that, each as the automation that Prefect itself makes of it
 * (migration `7655f31c5157` of 3.4.0), but for an order of the states, which there is random.
 */
export async function readPolicies(reader: Reader): Promise<readonly JsonObject[]> {
  // An empty filter object would leave out those that are switched on.
  const policies = await readPages(reader, '/flow_run_notification_policies/filter', {})
  return policies.map(asAutomation)
}

/** What every automation that was one is called. */
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
        body: text(policy, 'message_template') ? filledIn(text(policy, 'message_template')) : body,
      },
    ],
  }
}

/** Where one that is still a policy is switched and deleted; undefined for an automation. */
export function policyPath({ id, carriedOver: recalled }: LiveResource): string | undefined {
  return recalled.is_policy === true ? at`/flow_run_notification_policies/${id}` : undefined
}

function taggedWith(tags: readonly Json[]): JsonObject {
  return { 'prefect.resource.role': 'tag', 'prefect.resource.id': tags.map((tag) => `prefect.tag.${String(tag)}`) }
}

/** What is told where a policy has no words of its own. */
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

/** The template of a policy (Python's `str.format`, in which a doubled brace is a brace) as one of an automation (Jinja). */
function filledIn(template: string): string {
  return template.replace(/\{\{|\}\}|\{(\w+)\}/g, (found, name: string | undefined) =>
    name === undefined ? found.charAt(0) : (variables[name] ?? found),
  )
}
