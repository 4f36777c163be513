import type { Json, JsonObject } from '../../json.ts'
import type { Names } from '../../kind.ts'
import { objects } from '../endpoints.ts'

/** The type of an action that sends an email. */
const email = 'send-email-notification'

/** Actions that only Prefect Cloud has, according to the clients that send them. */
export const cloudActions: readonly string[] = [
  'declare-incident',
  email,
  'pause-schedule-for-flow-run',
  'resume-schedule-for-flow-run',
]

/** Types of triggers and actions that only Prefect Cloud has. */
export const cloudParts: ReadonlySet<string> = new Set(['metric', ...cloudActions])

/**
 * Actions without the blocks that Prefect Cloud made for emails: they are no blocks of the workspace, and another workspace makes
 * its own if it is not given any.
 */
export function withoutOwnBlocks(actions: Json | undefined, names: Names): Json | undefined {
  if (!objects(actions).some(({ type }) => type === email)) return actions
  return objects(actions).map((action): JsonObject => {
    const { block_document_id: id, ...rest } = action
    const isOwn = action.type === email && id !== undefined && names.refOf(id) === undefined
    return isOwn ? rest : action
  })
}
