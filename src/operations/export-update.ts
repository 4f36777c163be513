import type { Context } from '../context.ts'
import type { Kind } from '../kind.ts'
import type { Resource, Snapshot } from '../model.ts'
import { asWritten } from '../plan/as-written.ts'
import { refOf } from '../ref.ts'
import { withSourcesOf } from '../secrets/placeholders.ts'
import { externalsOf } from '../selection/external.ts'
import { conditionsOf } from '../selection/scope.ts'
import { type Selection, selectedIfAny, selectedOfBoth, selectionOf, selects } from '../selection/selection.ts'
import type { Update } from '../snapshot/edit/update-texts.ts'
import { referred } from '../snapshot/external-issues.ts'
import { type Existing, readExisting, readPresent, result, update, type Wanted } from '../store/update-in-place.ts'
import { type Comparison, comparisonOf } from './diff-snapshots.ts'
import { withBuiltinsOf } from './server-snapshot.ts'

/** An update of an existing snapshot. */
export interface OpenUpdate {
  readonly selection: Selection
  /** The resources of the existing snapshot. */
  readonly current: readonly Resource[]
  /** Globs of its external resources. */
  readonly external: readonly string[]
  /** Whether it leaves out dependencies. */
  readonly dependencies: boolean
  /** The selected resources of a server; empty if only the snapshot has matching ones. */
  selected<T extends Resource>(resources: readonly T[]): T[]
  /** Writes the differences. */
  write(exported: Snapshot): Promise<Update>
  /** The changes that `write` would make; `name` is the display name of the server. */
  compare(exported: Snapshot, name: string): Comparison
}

/** Reads the snapshot to update or check. Returns undefined if `--update` finds none; the export then writes a new one. */
export async function openUpdate(
  request: Selection & { readonly output: string; readonly check?: boolean },
  context: Context,
): Promise<OpenUpdate | undefined> {
  const { kinds } = context
  const existing = await (request.check ? readPresent : readExisting)(request.output, kinds, context)
  if (!existing) return undefined
  const selection = selectionFor(existing, request)
  const { resources: current, external = [], scope } = existing.read.snapshot
  return {
    selection,
    current: current,
    external,
    dependencies: scope.dependencies !== false,
    selected: (found) => {
      // Throws if the selection matches nothing on either side.
      selectedOfBoth([found, current], kinds, selection)
      return selectedIfAny(found, kinds, selection)
    },
    write: (exported) => update(existing, wantedOf(existing, exported, request, kinds), kinds),
    compare: (exported, name) => compare(existing, wantedOf(existing, exported, request, kinds), name, kinds),
  }
}

/** The selection of an update: that of the request, or else that of the existing snapshot's export. */
export function selectionFor({ read }: Existing, selection: Selection): Selection {
  const { scope } = read.snapshot
  const dependencies = selection.dependencies !== false && scope.dependencies !== false
  return { ...selection, ...(selects(selection) ? {} : selectionOf(scope)), dependencies }
}

/**
 * The resources that make a snapshot equal to an export. Those that the export lacks are removed: within the selection, or
 * everywhere if there is none. Secrets keep their sources in the snapshot. An unused
 * document of an external resource stays; one of a resource that becomes external is removed.
 */
export function wantedOf({ read }: Existing, exported: Snapshot, selection: Selection, kinds: readonly Kind[]): Wanted {
  const current = read.snapshot.resources
  const resources = withSourcesOf(asWritten(exported.resources, current, kinds), current, kinds)
  const exportedRefs = new Set(resources.map(refOf))
  const isPart = selects(selection) || read.snapshot.scope.dependencies === false
  const isSelected = isPart ? conditionsOf(exported.scope) : () => true
  const wasRead = ({ kind }: Resource) => !exported.scope.incomplete.includes(kind)
  const [before, after] = [externalsOf(read.snapshot, kinds), externalsOf(exported, kinds)]
  const obsolete = current.filter((resource) => {
    const ref = refOf(resource)
    if (exportedRefs.has(ref) || before.names(ref)) return false
    return after.names(ref) || (isSelected(resource) && wasRead(resource))
  })
  const source = exported.source ?? read.snapshot.source
  const remove = new Set(obsolete.map(refOf))
  const external = externalOf(read.snapshot, exported, { resources, remove }, kinds)
  // An export of a part says nothing of the kinds that it does not select.
  const known = selects(selection) ? read.snapshot.scope.incomplete : []
  const incomplete = [...new Set([...known, ...exported.scope.incomplete])].sort()
  return { resources, remove, source, external, incomplete }
}

/** What is external after an update: without what was left out as a dependency and is one no more. */
function externalOf(
  before: Snapshot,
  exported: Snapshot,
  { resources, remove }: Pick<Wanted, 'resources' | 'remove'>,
  kinds: readonly Kind[],
): readonly string[] {
  const external = exported.external ?? []
  if (before.scope.dependencies !== false) return external
  const written = new Set(resources.map(refOf))
  const rest = before.resources.filter((resource) => !written.has(refOf(resource)) && !remove.has(refOf(resource)))
  const was = new Set<string>(referred(before.resources, kinds))
  const is = new Set<string>(referred([...rest, ...resources], kinds))
  return external.filter((glob) => is.has(glob) || !was.has(glob))
}

function compare(existing: Existing, wanted: Wanted, name: string, kinds: readonly Kind[]): Comparison {
  const { snapshot } = existing.read
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const isImmutable = (resource: Resource) => byName.get(resource.kind)?.immutable?.(resource) === true
  const after = {
    ...snapshot,
    ...(wanted.source ? { source: wanted.source } : {}),
    resources: withBuiltinsOf(result(existing, wanted), snapshot.resources, isImmutable),
  }
  const sides = { before: existing.read, after: { ...existing.read, snapshot: after } }
  return comparisonOf(sides, [existing.path, name], kinds)
}
