import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Plan, Resource, Snapshot } from '../model.ts'
import { asWritten, withoutImplied } from '../plan/as-written.ts'
import { makeDiff } from '../plan/diff.ts'
import { refOf } from '../ref.ts'
import { withPlaceholders, withSourcesOf } from '../secrets/placeholders.ts'
import {
  refuseUnknownKinds,
  type Selection,
  scopeOf,
  selected,
  selectedOfBoth,
  selects,
} from '../selection/selection.ts'
import { parsePair } from '../snapshot/edit/same-documents.ts'
import { type Parsed, parseDocuments, refuseFaults, withoutText } from '../snapshot/parse.ts'
import { readSources } from '../store/files.ts'
import { unknownIssues } from './audit-server.ts'
import { inWorkspace, readResources, type Target, warn, withConnection } from './connect.ts'
import { refuseEchoes } from './echoed-credentials.ts'
import { snapshotOf } from './server-snapshot.ts'

export interface DiffRequest extends Selection {
  /** A snapshot, or `profile:NAME` for a server; `profile:NAME@account/handle` for a workspace of Prefect Cloud. */
  readonly before: string
  /** The same forms. */
  readonly after: string
}

/** Two snapshots, and the changes that would turn the first into the second. */
export interface Comparison {
  readonly plan: Plan
  readonly before: Parsed
  readonly after: Parsed
  /** Display names of the two sides. */
  readonly names: readonly [string, string]
  /** Parses the documents that were skipped because their text is equal on both sides. */
  readonly resourcesOfSame: () => readonly Resource[]
}

type Sides = Omit<Comparison, 'plan' | 'names'>

/** Compares two snapshots or servers. Documents with the same text on both sides are not parsed. */
export async function diffSnapshots(request: DiffRequest, context: Context): Promise<Comparison> {
  const { kinds } = context
  if (request.before === '-' && request.after === '-') throw bothFromStdin()
  refuseUnknownKinds(request, kinds)
  const sides = narrowed(await readSides(request, context), request, kinds)
  refuseFaults({ issues: [...sides.before.issues, ...sides.after.issues] })
  return comparisonOf(sides, [request.before, request.after], kinds)
}

/** The comparison of two snapshots that have been read. */
export function comparisonOf(
  { before, after, resourcesOfSame = () => [] }: Pick<Sides, 'before' | 'after'> & Partial<Sides>,
  names: readonly [string, string],
  kinds: readonly Kind[],
): Comparison {
  return { plan: makeDiff(before.snapshot, after.snapshot, kinds), before, after, names, resourcesOfSame }
}

async function readSides({ before, after, ...selection }: DiffRequest, context: Context): Promise<Sides> {
  const { kinds } = context
  const [a, b] = [serverOf(before), serverOf(after)]
  if (a === undefined && b === undefined) {
    const [x, y] = [await readSources(before, context), await readSources(after, context)]
    if (!selects(selection)) return parsePair(x, y, kinds)
    return { before: parseDocuments(x, kinds), after: parseDocuments(y, kinds), resourcesOfSame: () => [] }
  }
  const side = async (path: string, server: Target | undefined, other?: Parsed) =>
    server === undefined
      ? parseDocuments(await readSources(path, context), kinds)
      : withoutText(await readServer(server, other?.snapshot.resources, selection, context))
  // Resources of a server get the keys of the other side, so a side that is a file is read first.
  const isSecondText = b === undefined
  const first = await (isSecondText ? side(after, b) : side(before, a))
  const second = await (isSecondText ? side(before, a, first) : side(after, b, first))
  const [x, y] = isSecondText ? [second, first] : [first, second]
  // A server has no sources of secrets, so they are taken from the other side.
  const [from, to] = [b === undefined ? y : x, a === undefined ? x : y]
  return {
    before: a === undefined ? x : withSources(x, from, kinds),
    after: b === undefined ? y : withSources(y, to, kinds),
    resourcesOfSame: () => [],
  }
}

/** The server that a side names; undefined if it is a snapshot. */
function serverOf(side: string): Target | undefined {
  if (!side.startsWith('profile:')) return undefined
  const name = side.slice('profile:'.length)
  // Handles contain neither of the two characters.
  const [, profile, workspace] = /^(.+)@([^@/]+\/[^@/]+)$/.exec(name) ?? []
  return profile === undefined ? { profile: name } : { profile, ...inWorkspace(workspace) }
}

/** Exports a server in memory, in the words of the other side, with placeholders for secrets. The selection is applied later. */
async function readServer(
  server: Target,
  other: readonly Resource[] | undefined,
  selection: Selection,
  context: Context,
): Promise<Snapshot> {
  const { kinds } = context
  return withConnection(server, context, async (connection) => {
    const live = await readResources(connection, context, other ? { wanted: other, everything: true } : {})
    warn(context, live.issues)
    const found = [...live.resources.values()]
    warn(context, unknownIssues(found, { allowUnknown: true, where: 'the comparison' }))
    const all = other ? withoutImplied(asWritten(found, other, kinds), other, kinds) : found
    const exported = selects(selection) ? all : selected(all, kinds, {})
    const snapshot = snapshotOf(connection.server, {}, withPlaceholders(exported, kinds))
    refuseEchoes(connection, snapshot)
    return snapshot
  })
}

function withSources(parsed: Parsed, other: Parsed, kinds: readonly Kind[]): Parsed {
  const resources = withSourcesOf(parsed.snapshot.resources, other.snapshot.resources, kinds)
  return { ...parsed, snapshot: { ...parsed.snapshot, resources } }
}

/** Narrows both sides to the resources that are selected on either of them. */
function narrowed(sides: Sides, selection: Selection, kinds: readonly Kind[]): Sides {
  if (!selects(selection)) return sides
  const { before, after } = sides
  const chosen = selectedOfBoth([before.snapshot.resources, after.snapshot.resources], kinds, selection)
  const scope = { ...scopeOf(selection), incomplete: [] }
  const side = (parsed: Parsed): Parsed => {
    const resources = parsed.snapshot.resources.filter((resource) => chosen.has(refOf(resource)))
    return { ...parsed, snapshot: { ...parsed.snapshot, scope, resources } }
  }
  return { ...sides, before: side(before), after: side(after) }
}

function bothFromStdin(): Failure {
  const message = 'Only one side can be read from standard input.'
  return new Failure([{ code: 'usage', severity: 'error', message, fix: 'Write one of them to a file.' }])
}
