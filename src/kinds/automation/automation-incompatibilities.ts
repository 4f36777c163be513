import { own } from '../../json.ts'
import type { Incompatibility } from '../../kind.ts'
import type { Resource, Server } from '../../model.ts'
import { atLeast, notBefore } from '../../version.ts'
import { cloudParts } from './cloud-parts.ts'
import { parts } from './trigger.ts'

/** First Prefect versions of actions and fields. */
const actionsSince: Readonly<Record<string, string>> = { 'delete-flow-run': '3.7.2', 'resume-flow-run': '3.0.2' }

const fieldsSince: Readonly<Record<string, string>> = { schedule_after: '3.4.15', force: '3.6.11' }

/** The first version in which `match_related` may be a list. */
const listsSince = '3.4.1'

/** What an automation has that the server's version does not support. */
export function automationIncompatibilities({ spec }: Resource, { version }: Server): Incompatibility[] {
  const out: Incompatibility[] = []
  for (const name of ['trigger', 'actions', 'actions_on_trigger', 'actions_on_resolve']) {
    for (const { part, pointer } of parts(spec[name], `/spec/${name}`)) {
      const type = String(part.type)
      const since = own(actionsSince, type)
      if (cloudParts.has(type) && version !== 'cloud')
        out.push({ pointer, drops: 'resource', reason: `only Prefect Cloud has ${type}` })
      if (!atLeast(version, since))
        out.push({ pointer, drops: 'resource', reason: `Prefect has ${type} from ${since} on` })
      for (const [field, since] of Object.entries(fieldsSince)) {
        if (part[field] !== undefined && !atLeast(version, since))
          out.push({ pointer: `${pointer}/${field}`, ...notBefore(since) })
      }
      if (Array.isArray(part.match_related) && !atLeast(version, listsSince))
        out.push({
          pointer: `${pointer}/match_related`,
          drops: 'resource',
          reason: `Prefect has lists there from ${listsSince} on`,
        })
    }
  }
  return out
}
