import type { Kind } from '../kind.ts'
import type { Live, Resource, Server, Snapshot } from '../model.ts'
import { refOf } from '../ref.ts'
import { withPlaceholders } from '../secrets/placeholders.ts'
import { externalsOf, refsOutside, withGlobs } from '../selection/external.ts'
import { type Selection, scopeOf, selected } from '../selection/selection.ts'

/** A selection without external resources. */
export interface Choice extends Selection {
  /** Globs of the external resources. */
  readonly external?: readonly string[]
}

/** A snapshot of selected resources of a server. */
export function snapshotOf(
  server: Server,
  selection: Selection,
  resources: readonly Resource[],
  external: Pick<Snapshot, 'external'> = {},
): Snapshot {
  const source = { api: server.url, server: server.version }
  const without = selection.dependencies === false ? { dependencies: false as const } : {}
  return { version: 1, source, scope: { ...scopeOf(selection), ...without }, ...external, moved: [], resources }
}

/** The snapshot that an export updates. */
interface Update<T> {
  /** Selects resources; by default, the choice does. */
  readonly select?: (own: readonly T[]) => T[]
  /** What has a document, which stays, so that it does not become external as a dependency that is left out. */
  readonly documented?: readonly Resource[]
}

/** What a choice takes of a server's resources: without external ones, and without what only those need. */
export function chosenOf<T extends Resource>(
  resources: readonly T[],
  choice: Choice,
  kinds: readonly Kind[],
  { select = (own) => selected(own, kinds, choice), documented = [] }: Update<T> = {},
): { readonly chosen: T[] } & { readonly outside: Pick<Snapshot, 'external'> } {
  const { names, covers } = externalsOf(choice, kinds)
  const chosen = select(resources.filter((resource) => !names(refOf(resource))))
  const documents = new Set(documented.map(refOf))
  const unselected = choice.dependencies === false ? refsOutside(chosen, kinds, resources) : []
  return {
    chosen,
    outside: withGlobs(
      choice.external,
      unselected.filter((ref) => !covers(ref) && !documents.has(ref)),
    ),
  }
}

/** An export of a server in memory, with placeholders for secrets. */
export function asSnapshot({ server, resources }: Live, kinds: readonly Kind[]): Snapshot {
  return snapshotOf(server, {}, withPlaceholders(selected([...resources.values()], kinds, {}), kinds))
}

/**
 * Resources of a server, with built-in ones replaced by those of a snapshot that has them: no apply writes them, so their
 * differences between servers are ignored.
 */
export function withBuiltinsOf(
  resources: readonly Resource[],
  snapshotResources: readonly Resource[],
  isBuiltin: (resource: Resource) => boolean,
): Resource[] {
  const byRef = new Map(snapshotResources.map((resource) => [refOf(resource), resource]))
  return resources.map((resource) => {
    const replacement = byRef.get(refOf(resource))
    return replacement && isBuiltin(replacement) ? replacement : resource
  })
}
