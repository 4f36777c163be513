import { type Json, type JsonObject, withValue } from '../json.ts'
import type { Resource } from '../model.ts'
import { nameInKey } from '../ref.ts'
import { tokenOf, tokensToIds } from '../token.ts'
import { collectLosses, otherKinds } from './losses.ts'
import { refsOf } from './prefect-yaml/unresolved.ts'
import { comment, pyYaml } from './pyyaml-text.ts'
import type { Material, Writer } from './writer.ts'

const ready = 'automations.yaml'
const named = 'automations-with-names.yaml'

const lists = ['actions', 'actions_on_trigger', 'actions_on_resolve'] as const

/**
 * Files for `prefect automation create --from-file`, which takes IDs and no names. Automations with IDs are apart, with names
 * in the places of the IDs, because a command that fails for one automation creates the others.
 */
export const automations: Writer = {
  write({ resources, isBuiltin }: Material) {
    const losses = collectLosses(ready)
    const found = resources.filter(({ kind }) => kind === 'automation')
    const written = found.map((resource) => ({ resource, value: automationValue(resource) }))
    const needy = written.filter(({ value }) => refsOf(value).length > 0)
    for (const { resource } of written) {
      if (Object.keys(resource.secrets).length > 0)
        losses.part(
          resource,
          'the secrets',
          'Fill in the environment variables, for example with: envsubst < automations.yaml.',
        )
    }
    for (const { resource } of needy)
      losses.part(
        resource,
        'the names of other resources in the places of their IDs',
        `Replace each <ref:…> in ${named} by the ID at the destination, or apply a snapshot, which finds it by the name.`,
      )
    const others = resources.filter((resource) => resource.kind !== 'automation' && !isBuiltin(resource))
    const direct = written.filter(({ value }) => refsOf(value).length === 0)
    const files = {
      [ready]: fileText(
        headOfReady,
        direct.map(({ value }) => tokensToIds(value, () => '' as never)),
      ),
      ...(needy.length > 0
        ? {
            [named]: fileText(
              headOfNamed,
              needy.map(({ value }) => value),
            ),
          }
        : {}),
    }
    return {
      files,
      held: found,
      issues: [...losses.issues(), ...otherKinds(ready, 'automations', others)],
    }
  },
}

const headOfReady = [
  'Automations of a Prefect server, written by prefect-snapshot. To create them, run',
  `"prefect automation create --from-file ${ready}".`,
]

const headOfNamed = [
  'Automations that contain IDs of other objects, which differ from server to server. Each <ref:kind/key> is in the',
  'place of an ID. The Prefect CLI refuses this file until they are replaced; "prefect-snapshot apply" of a snapshot',
  'finds the IDs by these names.',
]

function fileText(head: readonly string[], values: readonly Json[]): string {
  return comment(head) + pyYaml({ automations: values })
}

/** An automation as the API takes it (`AutomationCore`), with tokens in the places of IDs. */
function automationValue(resource: Resource): Json {
  const { key, refs, secrets } = resource
  let spec: JsonObject = resource.spec
  for (const [pointer, placeholder] of Object.entries(secrets))
    if ('env' in placeholder) spec = withValue(spec, pointer, `\${${placeholder.env}}`) as JsonObject
  return {
    name: nameInKey(key),
    ...(spec.description === undefined ? {} : { description: spec.description }),
    ...(spec.tags === undefined ? {} : { tags: spec.tags }),
    enabled: spec.enabled ?? true,
    trigger: spec.trigger ?? null,
    actions: spec.actions ?? [],
    ...Object.fromEntries(lists.slice(1).flatMap((name) => (spec[name] === undefined ? [] : [[name, spec[name]]]))),
    ...(refs.owner === undefined ? {} : { owner_resource: `prefect.deployment.${tokenOf(refs.owner)}` }),
  }
}
