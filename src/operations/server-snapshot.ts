import type { Kind } from '../kind.ts'
import type { Live, Resource, Server, Snapshot } from '../model.ts'
import { refOf } from '../ref.ts'
import { withPlaceholders } from '../secrets/placeholders.ts'
import { type Selection, scopeOf, selected } from '../selection/selection.ts'

/** A snapshot of what was chosen of a server. */
export function snapshotOf(server: Server, selection: Selection, resources: readonly Resource[]): Snapshot {
  const source = { api: server.url, server: server.version }
  return { version: 1, source, scope: scopeOf(selection), moved: [], resources }
}

/** What a server holds, as an export of it, with placeholders for secrets. */
export function asSnapshot({ server, resources }: Live, kinds: readonly Kind[]): Snapshot {
  return snapshotOf(server, {}, withPlaceholders(selected([...resources.values()], kinds, {}), kinds))
}

/**
 * Resources of a server, of which those that a text has too and that are the server's own (`own`) are as the text has them:
 * no apply writes them, so that they have other words on another server is no difference.
 */
export function inWordsOf(
  resources: readonly Resource[],
  held: readonly Resource[],
  own: (resource: Resource) => boolean,
): Resource[] {
  const text = new Map(held.map((resource) => [refOf(resource), resource]))
  return resources.map((resource) => {
    const said = text.get(refOf(resource))
    return said && own(said) ? said : resource
  })
}
