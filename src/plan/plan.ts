import type { Pointer } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Change, Live, NotCompared, Plan, Ref, Rename, SecretValues, Snapshot, Unsupported } from '../model.ts'
import { visible } from '../plain-text.ts'
import { byRef } from '../ref.ts'
import { externalEdges, externalsOf } from '../selection/external.ts'
import type { Activation } from './activation.ts'
import { changeLimit, type RaisedLimit } from './change-limit.ts'
import { inOrder, link } from './change-order.ts'
import { compare } from './compare.ts'
import { missingExternals } from './external-refs.ts'
import { ambiguous, missingSecrets, unrecoverableSecrets, unresolvedIds } from './guard.ts'
import { likelyRenames } from './likely-renames.ts'
import {
  afterRenames,
  blockedRenames,
  canRename,
  pendingRenames,
  renamesAlong,
  unfinishedReplacements,
} from './moved-resources.ts'
import { type Paired, type Pairs, pair } from './pair.ts'
import { type Protection, protectedDeletes } from './policy.ts'
import { writable } from './read-only-server.ts'
import { deletesOf, impossibleDeletes, prunable, withChildren } from './removal.ts'
import { serverOnly } from './server-only.ts'

export interface PlanOptions {
  /** The values of secrets, as far as they are known. */
  readonly secretValues: SecretValues
  /** Keeps IDs that could not be resolved. */
  readonly allowUnresolved?: boolean
  /** Deletes managed resources that exist only on the server. Requires that `live` was read completely. */
  readonly prune?: boolean
  /** Never pruned, because the unselected part of the snapshot contains them. */
  readonly documented?: ReadonlySet<Ref>
  /** Places that are written even where they do not differ, by resource. */
  readonly rewrite?: ReadonlyMap<Ref, readonly Pointer[]>
  /** Also deletes these. */
  readonly remove?: ReadonlySet<Ref>
  readonly activation?: Activation
  readonly protect?: readonly Protection[]
  readonly moved?: readonly Rename[]
  /** Leaves out what a transfer does not take along (`Kind.staysBehind`). */
  readonly isTransfer?: boolean
  /** Skips the limit on bulk deletes and updates. */
  readonly overrideChangeLimit?: boolean
  /** Allows more changes of single kinds. */
  readonly raisedLimits?: readonly RaisedLimit[]
}

/** The changes that make a server match a snapshot. Pure: the same arguments give the same plan. */
export function makePlan(snapshot: Snapshot, read: Live, kinds: readonly Kind[], options: PlanOptions): Plan {
  const external = externalsOf(snapshot, kinds)
  const externals = externalEdges(snapshot, kinds)
  const asked = [...snapshot.moved, ...(options.moved ?? [])].filter(({ from }) => !external.names(from))
  const along = renamesAlong(snapshot, read, kinds).filter(({ from }) => !asked.some((move) => move.from === from))
  const moves = pendingRenames([...asked, ...along], snapshot, read)
  const inPlace = moves.filter((move) => canRename(kinds, move))
  const live = afterRenames(read, inPlace)
  const pairs = pair(snapshot, live, kinds, options)
  const compared = compareAll(pairs, kinds, options, blockedRenames(along, read))
  // A resource that cannot be renamed in place is replaced: the old one is deleted after the new one has been created.
  const moved = [...moves, ...unfinishedReplacements(asked, snapshot, read)].filter((move) => !canRename(kinds, move))
  const replaced = new Map(moved.filter(({ to }) => pairs.wanted.has(to)).map(({ from, to }) => [from, to]))
  // If the server does not support the successor, the old resource is kept, including its children, which the server
  // would delete with it.
  const irreplaceable = withChildren(
    new Set(moved.filter(({ to }) => !pairs.wanted.has(to)).map(({ from }) => from)),
    live,
    kinds,
  )
  const externalRefs = new Set([...live.resources.keys()].filter(external.covers))
  const documented = new Set([...(options.documented ?? []), ...externalRefs])
  const prune = without(without(prunable(snapshot, live, kinds), documented), irreplaceable)
  const remove = new Set([...(options.prune ? prune : []), ...(options.remove ?? []), ...replaced.keys()])
  const deletes = afterSuccessors(deletesOf(remove, live, compared.changes, kinds), replaced, compared.changes)
  const { changes, unsupported: unwritten } = writable(
    [...compared.changes, ...deletes].map((change) => withEffects(change, kinds, live, pairs)),
    kinds,
    live.server,
  )
  const unsupported = [...pairs.unsupported, ...compared.fixed, ...unwritten]
  const sameSource = snapshot.source?.api === live.server.url
  const unmanaged = serverOnly(snapshot.scope, live, new Set([...pairs.all, ...documented, ...remove]), kinds)
  return {
    changes,
    unchanged: compared.unchanged,
    unmanaged,
    prunable: unmanaged.filter((ref) => prune.has(ref)),
    external: [...externals.keys()].filter((ref) => live.resources.has(ref)).sort(byRef),
    unsupported,
    notCompared: compared.notCompared,
    refusals: [
      ...impossibleDeletes(deletes, remove, live, without(pairs.all, stuck(unsupported)), kinds),
      ...protectedDeletes(changes, options.protect ?? []),
      ...(options.overrideChangeLimit ? [] : changeLimit(changes, live, options.raisedLimits)),
    ],
    issues: [
      ...pairs.issues,
      ...ambiguous(pairs.all, live),
      ...missingExternals(externals, live),
      ...missingSecrets(changes, options.secretValues),
      ...unrecoverableSecrets(changes),
      ...(options.allowUnresolved || sameSource ? [] : unresolvedIds(changes, kinds)),
      ...likelyRenames(
        changes.filter(({ ref }) => !replaced.has(ref)),
        kinds,
      ),
    ],
  }
}

/** Resources whose references on the server do not change, whatever the snapshot says. */
function stuck(unsupported: readonly Unsupported[]): Set<Ref> {
  const found = unsupported.filter(({ pointer }) => pointer === undefined || pointer.startsWith('/refs/'))
  return new Set(found.map(({ ref }) => ref))
}

function without(refs: ReadonlySet<Ref>, some: ReadonlySet<Ref>): Set<Ref> {
  return new Set([...refs].filter((ref) => !some.has(ref)))
}

/** Makes each delete of a replaced resource wait for the change of its successor, if that is still to be made. */
function afterSuccessors(
  deletes: readonly Change[],
  replaced: ReadonlyMap<Ref, Ref>,
  changes: readonly Change[],
): Change[] {
  const changed = new Set(changes.map(({ ref }) => ref))
  return deletes.map((change) => {
    const to = replaced.get(change.ref)
    if (!to) return change
    const waits = changed.has(to) ? [...change.waits, to] : change.waits
    return { ...change, waits, notes: [...change.notes, `replaced by ${to}; its past runs are not moved`] }
  })
}

function compareAll(
  pairs: Pairs,
  kinds: readonly Kind[],
  { secretValues, rewrite }: PlanOptions,
  blocked: readonly Unsupported[],
) {
  const found = new Map<Ref, Change>()
  const changed = new Map<Ref, Paired>()
  const unchanged: Ref[] = []
  const fixed: Unsupported[] = []
  const notCompared: NotCompared[] = []
  for (const [ref, paired] of pairs.wanted) {
    const compared = compare(paired, secretValues, rewrite?.get(ref), blocked)
    for (const field of compared.fixed) fixed.push(field)
    if (compared.notCompared.length > 0) notCompared.push({ ref, pointers: compared.notCompared })
    if (!compared.change) {
      unchanged.push(ref)
      continue
    }
    found.set(ref, compared.change)
    changed.set(ref, paired)
  }
  // Unchanged resources exist, so nothing waits for them.
  const ordered = inOrder(changed, kinds)
  const changes = ordered.refs.flatMap((ref) => found.get(ref) ?? [])
  return { changes: link(changes, ordered.edges, ordered.cut), unchanged, notCompared, fixed }
}

function withEffects(change: Change, kinds: readonly Kind[], live: Live, { wanted }: Pairs): Change {
  const kind = kinds.find(({ name }) => change.ref.startsWith(`${name}/`))
  const resourceOf = (ref: Ref) => wanted.get(ref)?.after ?? live.resources.get(ref)
  const effects = kind?.effects?.(change, live.server, resourceOf) ?? []
  return { ...change, notes: [...change.notes, ...effects, ...unknownValues(change)] }
}

/** What a change may do to values that this version of the tool does not know: it neither sends nor records them. */
function unknownValues(change: Change): string[] {
  const { unknown = [] } = 'before' in change ? change.before : {}
  if (unknown.length === 0) return []
  const names = unknown.map(visible).join(', ')
  return change.action === 'delete'
    ? [`undo cannot restore ${names}, which this version of prefect-snapshot does not know`]
    : [`the server may reset ${names}: this version of prefect-snapshot does not know it, and does not send it`]
}
