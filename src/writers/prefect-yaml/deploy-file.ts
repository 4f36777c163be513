import type { Json } from '../../json.ts'
import type { Resource } from '../../model.ts'
import { kindsText, visible } from '../../plain-text.ts'
import { keyParts, refOf, splitRef } from '../../ref.ts'
import { collectLosses, type Losses, otherKinds } from '../losses.ts'
import { comment, pyYaml } from '../pyyaml-text.ts'
import type { Material, Writer } from '../writer.ts'
import { deployDefinition, deployObstacle } from './deploy-definition.ts'
import { deployTrigger, triggersByOwner } from './deploy-triggers.ts'
import { escapeVariable } from './literal-templates.ts'

const file = 'prefect.yaml'

/** prefect.yaml, from which `prefect deploy --all` creates the same deployments. */
export const prefectYaml: Writer = {
  write({ resources, isBuiltin }: Material) {
    const losses = collectLosses(file)
    const byRef = new Map(resources.map((resource) => [refOf(resource), resource]))
    const triggers = triggersByOwner(resources)
    const held: Resource[] = []
    const texts: string[] = []
    for (const deployment of resources.filter(({ kind }) => kind === 'deployment')) {
      const owned = triggers.get(refOf(deployment)) ?? []
      const pool = byRef.get(`work-pool/${poolOf(deployment)}`)
      const obstacle = deployObstacle(deployment, pool)
      if (obstacle !== undefined) {
        losses.whole(deployment, obstacle)
        for (const automation of owned) losses.whole(automation, 'the deployment that owns it is not in it')
        continue
      }
      const { text, automations } = definitionText(deployment, pool, owned, losses)
      texts.push(text)
      held.push(deployment, ...automations)
    }
    const owned = new Set([...triggers.values()].flat())
    const others = resources.filter(
      (resource) => resource.kind !== 'deployment' && !owned.has(resource) && !isBuiltin(resource),
    )
    const files = {
      [file]: headOf(held, others) + (texts.length === 0 ? 'deployments: []\n' : `deployments:\n${texts.join('\n')}`),
    }
    return { files, held, issues: [...losses.issues(), ...otherKinds(file, 'deployments and their triggers', others)] }
  },
}

function poolOf({ refs }: Resource): string {
  // The key of a pool is its name as it is, and the key of a queue has it escaped.
  return refs.queue ? (keyParts(splitRef(refs.queue).key)[0] ?? '') : ''
}

function definitionText(deployment: Resource, pool: Resource | undefined, owned: readonly Resource[], losses: Losses) {
  const automations: Resource[] = []
  const triggers: Json[] = []
  for (const automation of owned) {
    const trigger = deployTrigger(automation, refOf(deployment), losses)
    if (trigger === undefined) continue
    automations.push(automation)
    triggers.push(trigger)
  }
  const yaml = pyYaml([deployDefinition(deployment, { pool, triggers, losses })])
  const missing = losses.of(deployment)
  const about = [visible(deployment.key), ...missing.map((what) => `Not held: ${visible(what)}.`)]
  return { text: comment(about) + yaml, automations }
}

function headOf(held: readonly Resource[], others: readonly Resource[]): string {
  const names = held.flatMap(({ secrets }) =>
    Object.values(secrets).flatMap((source) => ('env' in source ? [source.env] : [])),
  )
  return comment([
    'Deployments of a Prefect server, written by prefect-snapshot. To create the same ones, run',
    '"prefect --no-prompt deploy --all" where the code of the flows is, on a server that has the work pools',
    'and the blocks.',
    '',
    'The CLI takes from the code what it does not take from this file: the names of the flows, the JSON Schema of the',
    'parameters, and the description of each deployment that has none here.',
    `Do not set the environment variable ${escapeVariable}: it keeps the CLI from filling in what the deployments`,
    'hold as templates for their runs. The CLI warns that it is not set.',
    ...(names.length > 0 ? ['', `Secrets, which have to be set: ${[...new Set(names)].sort().join(', ')}`] : []),
    ...(others.length > 0 ? ['', `Not in this file: ${kindsText(others)}`] : []),
  ])
}
