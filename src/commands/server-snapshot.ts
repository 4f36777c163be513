import type { Kind } from '../kind.ts'
import type { Live, Snapshot } from '../model.ts'
import { withHoles } from '../secrets/holes.ts'
import { type Selection, scopeOf, selected } from './selection.ts'

/** What a server holds, as an export of it: with holes for secrets, or with the secrets that the server shows. */
export function asSnapshot(
  { server, resources }: Live,
  selection: Selection,
  kinds: readonly Kind[],
  secrets: 'holes' | 'plain' = 'holes',
): Snapshot {
  const carried = selected([...resources.values()], kinds, selection)
  return {
    version: 1,
    source: { api: server.url, server: server.version },
    scope: scopeOf(selection),
    moved: [],
    resources: secrets === 'plain' ? carried : withHoles(carried),
  }
}
