import type { JsonObject } from '../../json.ts'
import type { Created, ResolvedResource, Write } from '../../kind.ts'
import type { FieldChange, LiveResource, Server } from '../../model.ts'
import { nameInKey } from '../../ref.ts'
import { atLeast } from '../../version.ts'
import { answer, at, idOf, namesOf } from '../endpoints.ts'
import { policyPath } from './notification-policy.ts'

/** The first version with tags of automations. */
export const tagsSince = '3.4.7'

/** Never fires; used as long as the real trigger cannot be written. */
const placeholder: JsonObject = {
  type: 'event',
  posture: 'Reactive',
  expect: ['prefect-snapshot.incomplete'],
  threshold: 1,
  within: 0,
}

/** Creates an automation; without its trigger or actions, if they are written later, it is disabled. */
export async function createAutomation({ api, server }: Write, after: ResolvedResource): Promise<Created> {
  const owner = after.ids.owner ? { owner_resource: `prefect.deployment.${after.ids.owner}` } : {}
  const enabled = after.without.length === 0 && (after.spec.enabled ?? true) === true
  return {
    id: idOf(
      answer(
        (await api.send('POST', '/automations/', { ...bodyOf(after), ...tagsOf(after, server), enabled, ...owner }))
          .body,
      ),
    ),
  }
}

/** Enables or disables an automation by a request that changes nothing else, or replaces it. */
export async function updateAutomation(
  { api, server }: Write,
  before: LiveResource,
  after: ResolvedResource,
  fields: readonly FieldChange[],
): Promise<undefined> {
  const path = at`/automations/${before.id}`
  const enabled = after.spec.enabled ?? before.spec.enabled ?? true
  // PUT assigns new IDs to the triggers and resets their counters.
  const policy = policyPath(before)
  if (isSwitch(fields)) await api.send('PATCH', policy ?? path, policy ? { is_active: enabled } : { enabled })
  else await api.send('PUT', path, { ...bodyOf(after), ...tagsOf(after, server), enabled })
}

/** Deletes an automation, or the notification policy of Prefect 2 that it stands for. */
export async function removeAutomation({ api }: Write, before: LiveResource): Promise<void> {
  await api.send('DELETE', policyPath(before) ?? at`/automations/${before.id}`)
}

/** Whether an update only enables or disables an automation. */
export function isSwitch(fields: readonly { readonly pointer: string }[]): boolean {
  return [...namesOf(fields)].every((name) => name === 'enabled')
}

/** The complete body, because PUT keeps omitted fields. */
export function bodyOf({ resource, spec }: ResolvedResource): JsonObject {
  return {
    name: nameInKey(resource.key),
    description: spec.description ?? '',
    trigger: spec.trigger ?? placeholder,
    actions: spec.actions ?? [],
    actions_on_trigger: spec.actions_on_trigger ?? [],
    actions_on_resolve: spec.actions_on_resolve ?? [],
  }
}

function tagsOf({ spec }: ResolvedResource, { version }: Server): JsonObject {
  return atLeast(version, tagsSince) ? { tags: spec.tags ?? [] } : {}
}
