import type { Resource } from '../../model.ts'
import { nameInKey } from '../../ref.ts'
import { refsIn } from '../../token.ts'
import { objects, text } from '../endpoints.ts'
import { isUnnamedTrigger } from './automation-read.ts'

/** What the owner means for the next deploy, where that is not certain. */
export function ownership(resource: Resource): string[] {
  const { key, refs } = resource
  const isTrigger = isUnnamedTrigger(nameInKey(key))
  if (refs.owner && !isTrigger)
    return [
      `${refs.owner} will own it and replace it when it is deployed again; remove refs.owner if it was created by hand`,
    ]
  if (refs.owner) return []
  if (isTrigger) return ['its owner is unknown: deploying its deployment again will create a second one']
  const [deployment] = runsAmongOthers(resource)
  return deployment === undefined
    ? []
    : [
        `it may be an edited trigger of ${deployment}, whose next deploy then creates a second one; refs.owner: ${deployment} prevents that`,
      ]
}

/** The deployment that an automation runs beside other actions or with tags, as an edited trigger may do. */
function runsAmongOthers({ spec }: Resource): string[] {
  const actions = ['actions', 'actions_on_trigger', 'actions_on_resolve'].flatMap((name) => objects(spec[name]))
  const runs = actions.filter(({ type, source }) => type === 'run-deployment' && source !== 'inferred')
  return runs.length === 1 ? runs.flatMap((run) => refsIn(text(run, 'deployment_id'))) : []
}
