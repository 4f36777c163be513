import { needsOf } from '../graph/dependencies.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { readLive } from '../live/read-live.ts'
import type { Resource, Snapshot } from '../model.ts'
import { connected } from '../operations/connect.ts'
import { snapshotOf } from '../operations/server-snapshot.ts'
import { makeDiff } from '../plan/diff.ts'
import { refOf } from '../ref.ts'
import type { Format } from '../report/index.ts'
import { diffOf } from '../report/model/build-report.ts'
import { withoutSecretExcerpt } from '../report/model/redact.ts'
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
import { type Parsed, parseDocuments, refuseFaults } from '../snapshot/parse.ts'
import { readSources } from '../store/files.ts'
import type { ExitStatus, Io } from './io.ts'
import { print } from './print.ts'

export interface DiffFlags extends Selection {
  readonly before: string
  readonly after: string
  readonly exitCode?: boolean
  readonly format?: Format
}

/** Both sides of a comparison, read. */
interface Sides {
  readonly before: Parsed
  readonly after: Parsed
  /** Resources that are the same on both sides and that the snapshots only name; read when they are wanted. */
  readonly resourcesOfSame: () => readonly Resource[]
}

/** How two snapshots differ, each a text or `profile:NAME`. Documents that are the same text are not even parsed. */
export async function diff(flags: DiffFlags, kinds: readonly Kind[], io: Io): Promise<ExitStatus> {
  if (flags.before === '-' && flags.after === '-') throw twice()
  refuseUnknownKinds(flags, kinds)
  const sides = narrowed(await readSides(flags, kinds, io), flags, kinds)
  refuseFaults({ issues: [...sides.before.issues, ...sides.after.issues] })
  return showDiff({ ...sides, names: [flags.before, flags.after] }, { ...flags, kinds }, io)
}

/** Says how one snapshot differs from another; exits with 2 where they do and that was asked for. */
export async function showDiff(
  { before, after, names, resourcesOfSame = () => [] }: Partial<Sides> & Shown,
  {
    kinds,
    exitCode,
    format,
  }: { readonly kinds: readonly Kind[]; readonly exitCode?: boolean; readonly format?: Format },
  io: Io,
): Promise<ExitStatus> {
  const plan = makeDiff(before.snapshot, after.snapshot, kinds)
  const exit = exitCode && plan.changes.length > 0 ? 'changes' : 'ok'
  const withEdges = plan.changes.length > 0 && (format === 'json' || format === 'html')
  const deleted = plan.changes.flatMap((change) => (change.action === 'delete' ? [change.before] : []))
  const compared = diffOf(plan, {
    from: { file: names[0], snapshot: before.snapshot },
    to: { file: names[1], snapshot: after.snapshot },
    kinds: kinds.map(({ name }) => name),
    placeOf: (ref) => after.placeOf(ref) ?? before.placeOf(ref),
    edges: withEdges ? needsOf([...resourcesOfSame(), ...after.snapshot.resources, ...deleted], kinds) : [],
  })
  const issues = plan.issues.map(withoutSecretExcerpt)
  await print(
    { schema: 'prefect-snapshot/diff', version: 1, tool: io.version, exit: io.exitCodeOf(exit), issues, ...compared },
    format,
    io,
  )
  if (format !== 'json') io.warn(issues)
  return exit
}

export interface Shown {
  readonly before: Parsed
  readonly after: Parsed
  /** What the two sides are called. */
  readonly names: readonly [string, string]
}

async function readSides({ before, after, ...selection }: DiffFlags, kinds: readonly Kind[], io: Io): Promise<Sides> {
  const [a, b] = [profileOf(before), profileOf(after)]
  if (a === undefined && b === undefined) {
    const [x, y] = [await readSources(before, io), await readSources(after, io)]
    if (!selects(selection)) return parsePair(x, y, kinds)
    return { before: parseDocuments(x, kinds), after: parseDocuments(y, kinds), resourcesOfSame: () => [] }
  }
  const side = async (path: string, profile: string | undefined, other?: Parsed) =>
    profile === undefined
      ? parseDocuments(await readSources(path, io), kinds)
      : asParsed(await readServer(profile, other?.snapshot.resources, selection, kinds, io))
  // What a server has is called as the other side calls it, so one that is no server is read first.
  const isSecondText = b === undefined
  const first = await (isSecondText ? side(after, b) : side(before, a))
  const second = await (isSecondText ? side(before, a, first) : side(after, b, first))
  const [x, y] = isSecondText ? [second, first] : [first, second]
  // Where a secret comes from is no question to a server.
  const [from, to] = [b === undefined ? y : x, a === undefined ? x : y]
  return {
    before: a === undefined ? x : sourced(x, from, kinds),
    after: b === undefined ? y : sourced(y, to, kinds),
    resourcesOfSame: () => [],
  }
}

function profileOf(path: string): string | undefined {
  return path.startsWith('profile:') ? path.slice('profile:'.length) : undefined
}

/** A server as an export of it would be, with placeholders for secrets. What is chosen of it is decided later. */
async function readServer(
  profile: string,
  other: readonly Resource[] | undefined,
  selection: Selection,
  kinds: readonly Kind[],
  io: Io,
): Promise<Snapshot> {
  return connected({ profile }, io, async ({ client, server }) => {
    io.onEvent({ type: 'phase', phase: 'reading' })
    const keys = other ? { wanted: other, everything: true } : {}
    const live = await readLive(client, server, kinds, { ...keys, on: io.onEvent })
    io.warn(live.issues)
    const all = [...live.resources.values()]
    const carried = selects(selection) ? all : selected(all, kinds, {})
    return snapshotOf(server, {}, withPlaceholders(carried, kinds))
  })
}

function asParsed(snapshot: Snapshot): Parsed {
  return { snapshot, issues: [], placeOf: () => undefined }
}

function sourced(parsed: Parsed, other: Parsed, kinds: readonly Kind[]): Parsed {
  const resources = withSourcesOf(parsed.snapshot.resources, other.snapshot.resources, kinds)
  return { ...parsed, snapshot: { ...parsed.snapshot, resources } }
}

/** Both sides with what the selection means on either of them: what one of them needs is looked at in both. */
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

function twice(): Failure {
  const issue: Issue = {
    code: 'usage',
    severity: 'error',
    message: 'only one side can be read from standard input',
    fix: 'Write one of them to a file',
  }
  return new Failure([issue])
}
