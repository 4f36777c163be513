import type { JsonObject, Pointer } from '../../json.ts'
import { step } from '../../json.ts'
import type { Ref } from '../../ref.ts'
import { tokenOf, withEscapes } from '../../token.ts'
import { keyOfAutomation } from '../automation-keys.ts'
import { documentFrom, type Faults } from '../issues.ts'
import type { ImportedDocument } from '../reader.ts'
import { ignoredIn, triggerDocument } from '../trigger-document.ts'
import { switchOf } from './schedules.ts'

/** Fields of a trigger that belong to its automation and its action. */
const others = ['name', 'description', 'enabled', 'parameters', 'job_variables', 'schedule_after']

interface Triggers {
  readonly triggers: readonly JsonObject[]
  readonly pointer: Pointer
  readonly deployment: Ref
  readonly name: string
  readonly names: Map<string, number>
  readonly faults: Faults
}

/** The automations of the triggers of a deployment, which owns them. Each runs the deployment. */
export function automationsOf({ triggers, pointer, deployment, name, names, faults }: Triggers): ImportedDocument[] {
  return triggers.map((trigger, index) => {
    const at = step(pointer, index)
    const own =
      typeof trigger.name === 'string' && trigger.name !== '' ? trigger.name : `${name}__automation_${index + 1}`
    for (const field of ignoredIn(trigger, others))
      faults.warn('ignored-field', `Prefect ignores ${field} of a trigger.`, step(at, field))
    const { parameters, job_variables, schedule_after } = trigger
    const action = {
      type: 'run-deployment',
      source: 'selected',
      deployment_id: tokenOf(deployment),
      ...(parameters === undefined ? {} : { parameters: withEscapes(parameters) }),
      ...(job_variables === undefined ? {} : { job_variables: withEscapes(job_variables) }),
      ...(schedule_after === undefined ? {} : { schedule_after }),
    }
    const document = {
      kind: 'automation',
      key: keyOfAutomation(own, deployment, names),
      refs: { owner: deployment },
      spec: {
        ...(typeof trigger.description === 'string' ? { description: trigger.description } : {}),
        enabled: switchOf(trigger.enabled) ?? true,
        trigger: withEscapes(triggerDocument(trigger)),
        actions: [action],
      },
    }
    const origins = { '': at, '/spec/trigger': at, '/spec/enabled': step(at, 'enabled'), '/spec/actions': at }
    return documentFrom(document, faults.place, origins)
  })
}
