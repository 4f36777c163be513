import type { Context } from '../context.ts'
import type { Kind } from '../kind.ts'
import type { Resource, Snapshot } from '../model.ts'
import { refOf } from '../ref.ts'
import { withSourcesOf } from '../secrets/placeholders.ts'
import { conditionsOf } from '../selection/scope.ts'
import { type Selection, selectedIfAny, selectedOfBoth, selectionOf, selects } from '../selection/selection.ts'
import type { Update } from '../snapshot/edit/update-texts.ts'
import { type Existing, readExisting, readPresent, result, update, type Wanted } from '../store/update-in-place.ts'
import { type Comparison, comparisonOf } from './diff-snapshots.ts'
import { inWordsOf } from './server-snapshot.ts'

/** An export over a snapshot that exists. */
export interface OpenUpdate {
  readonly selection: Selection
  /** What the snapshot holds now. */
  readonly held: readonly Resource[]
  /** The resources of a server that the selection means: perhaps none, where only the snapshot has some. */
  selected<T extends Resource>(resources: readonly T[]): T[]
  /** Writes what differs. */
  write(exported: Snapshot): Promise<Update>
  /** Says what `write` would change; `name` is what the server is called. */
  compare(exported: Snapshot, name: string): Comparison
}

/** Reads the snapshot that is updated or checked; undefined where `--update` finds none, which is then written as usual. */
export async function openUpdate(
  request: Selection & { readonly output: string; readonly check?: boolean },
  context: Context,
): Promise<OpenUpdate | undefined> {
  const { kinds } = context
  const existing = await (request.check ? readPresent : readExisting)(request.output, kinds, context)
  if (!existing) return undefined
  const selection = selectionFor(existing, request)
  const held = existing.read.snapshot.resources
  return {
    selection,
    held,
    selected: (resources) => {
      // Throws where the selection matches nothing on either side.
      selectedOfBoth([resources, held], kinds, selection)
      return selectedIfAny(resources, kinds, selection)
    },
    write: (exported) => update(existing, wantedOf(existing, exported, request, kinds), kinds),
    compare: (exported, name) => compared(existing, wantedOf(existing, exported, request, kinds), name, kinds),
  }
}

/** The selection of an update: the one that was asked for, or else the one that the snapshot was exported with. */
export function selectionFor({ read }: Existing, selection: Selection): Selection {
  return selects(selection) ? selection : { ...selection, ...selectionOf(read.snapshot.scope) }
}

/**
 * What makes a snapshot equal to an export. What the export lacks is removed: within the selection, or everywhere where
 * there is none. Secrets keep the sources that the snapshot gives them.
 */
export function wantedOf({ read }: Existing, exported: Snapshot, selection: Selection, kinds: readonly Kind[]): Wanted {
  const held = read.snapshot.resources
  const resources = withSourcesOf(exported.resources, held, kinds)
  const exportedRefs = new Set(resources.map(refOf))
  const isSelected = selects(selection) ? conditionsOf(exported.scope) : () => true
  const wasRead = ({ kind }: Resource) => !exported.scope.incomplete.includes(kind)
  const gone = held.filter(
    (resource) => !exportedRefs.has(refOf(resource)) && isSelected(resource) && wasRead(resource),
  )
  return { resources, remove: new Set(gone.map(refOf)), source: exported.source ?? read.snapshot.source }
}

function compared(existing: Existing, wanted: Wanted, name: string, kinds: readonly Kind[]): Comparison {
  const { snapshot } = existing.read
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const isServersOwn = (resource: Resource) => byName.get(resource.kind)?.immutable?.(resource) === true
  const after = {
    ...snapshot,
    ...(wanted.source ? { source: wanted.source } : {}),
    resources: inWordsOf(result(existing, wanted), snapshot.resources, isServersOwn),
  }
  const sides = { before: existing.read, after: { ...existing.read, snapshot: after } }
  return comparisonOf(sides, [existing.path, name], kinds)
}
