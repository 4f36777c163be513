import { showDiff } from '../commands/diff.ts'
import type { ExitStatus, Io } from '../commands/io.ts'
import type { Kind } from '../kind.ts'
import type { Resource, Snapshot } from '../model.ts'
import { plural } from '../plain-text.ts'
import { refOf } from '../ref.ts'
import type { Format } from '../report/index.ts'
import { withSourcesOf } from '../secrets/placeholders.ts'
import { conditionsOf } from '../selection/scope.ts'
import { type Selection, selectedIfAny, selectedOfBoth, selectionOf, selects } from '../selection/selection.ts'
import type { Update } from '../snapshot/edit/update-texts.ts'
import { type Existing, readExisting, readPresent, result, update, type Wanted } from '../store/update-in-place.ts'
import { inWordsOf } from './server-snapshot.ts'

interface Asked extends Selection {
  readonly output: string
  readonly check?: boolean
  readonly format?: Format
}

/** An export over a snapshot that is there. */
export interface OpenUpdate {
  readonly selection: Selection
  /** What the snapshot holds now. */
  readonly held: readonly Resource[]
  /** What the selection means of a server: perhaps nothing, where the snapshot has it. */
  selected<T extends Resource>(resources: readonly T[]): T[]
  /** Compares and writes, or only says what differs; `name` is what the server is called. */
  finish(exported: Snapshot, name: string): Promise<ExitStatus>
}

/** Reads the snapshot that an export is over; undefined where there is none, and it is to be written as usual. */
export async function openUpdate(asked: Asked, kinds: readonly Kind[], context: Io): Promise<OpenUpdate | undefined> {
  const existing = await (asked.check ? readPresent : readExisting)(asked.output, kinds, context)
  if (!existing) return undefined
  const selection = selectionFor(existing, asked)
  return {
    selection,
    held: existing.read.snapshot.resources,
    selected: (resources) => {
      // Refuses a selection that names nothing on either side.
      selectedOfBoth([resources, existing.read.snapshot.resources], kinds, selection)
      return selectedIfAny(resources, kinds, selection)
    },
    finish: async (exported, name) => {
      const wanted = wantedOf(existing, exported, asked, kinds)
      if (asked.check) return check(existing, wanted, { ...asked, kinds, name }, context)
      const made = await update(existing, wanted, kinds)
      if (!context.quiet) context.err(updateText(existing.path, made, wanted.resources.length))
      return 'ok'
    },
  }
}

/** What an update is about: what was asked for now, or else when the snapshot was written. */
export function selectionFor({ read }: Existing, selection: Selection): Selection {
  return selects(selection) ? selection : { ...selection, ...selectionOf(read.snapshot.scope) }
}

/**
 * What makes a snapshot as an export would be now. What an export does not have any more is taken out: of the part that the
 * selection names, or of everything where it names none. Secrets keep the sources that the snapshot gives them.
 */
export function wantedOf({ read }: Existing, exported: Snapshot, selection: Selection, kinds: readonly Kind[]): Wanted {
  const held = read.snapshot.resources
  const resources = withSourcesOf(exported.resources, held, kinds)
  const has = new Set(resources.map(refOf))
  const named = selects(selection) ? conditionsOf(exported.scope) : () => true
  const wasRead = ({ kind }: Resource) => !exported.scope.incomplete.includes(kind)
  const gone = held.filter((resource) => !has.has(refOf(resource)) && named(resource) && wasRead(resource))
  return { resources, remove: new Set(gone.map(refOf)), source: exported.source ?? read.snapshot.source }
}

/** Says how a snapshot differs from what it should be, and writes nothing. Exits with 2 where it does. */
export async function check(
  existing: Existing,
  wanted: Wanted,
  { kinds, format, name }: { readonly kinds: readonly Kind[]; readonly format?: Format; readonly name: string },
  context: Io,
): Promise<ExitStatus> {
  const { snapshot } = existing.read
  const settled = new Map(kinds.map((kind) => [kind.name, kind.immutable]))
  const after = {
    ...snapshot,
    ...(wanted.source ? { source: wanted.source } : {}),
    resources: inWordsOf(
      result(existing, wanted),
      snapshot.resources,
      (resource) => settled.get(resource.kind)?.(resource) === true,
    ),
  }
  const shown = {
    before: existing.read,
    after: { ...existing.read, snapshot: after },
    names: [existing.path, name] as const,
  }
  const exit = await showDiff(shown, { kinds, exitCode: true, ...(format ? { format } : {}) }, context)
  if (exit !== 'ok' && !context.quiet)
    context.err(`${existing.path} is not as the server is; export --update brings it up to date\n`)
  return exit
}

/** In words. */
export function updateText(path: string, { changed, added, removed }: Update, total: number): string {
  if (changed.length + added.length + removed.length === 0)
    return `${path} is as the server is: ${plural(total, 'resource')}, nothing written\n`
  return `Updated ${path}: ${changed.length} changed, ${added.length} added, ${removed.length} removed, ${total - changed.length - added.length} as they were\n`
}
