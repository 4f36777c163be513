import type { Issue } from '../issue.ts'
import { mapStrings, type Pointer } from '../json.ts'
import type { Kind } from '../kind.ts'
import { append } from '../list-at.ts'
import type { Live, Placeholder, Ref, Rename, Resource } from '../model.ts'
import { withRenamedRefs } from '../plan/moved-resources.ts'
import { refOf, splitRef } from '../ref.ts'
import { isAsCreated } from '../spec/differences.ts'
import { refsIn } from '../token.ts'
import type { Image, JournalRecord } from './journal.ts'
import { leftovers, partVerdict, type Resolve, verdictOf } from './verdict.ts'

/** The changes that revert an apply, and the resources that cannot be reverted. */
export interface Undoing {
  readonly resources: readonly Resource[]
  readonly remove: ReadonlySet<Ref>
  readonly moved: readonly Rename[]
  /** Pointers to fields that are written again even without a difference, by resource: a stopped change may have changed them. */
  readonly rewrite: ReadonlyMap<Ref, readonly Pointer[]>
  /** One warning for each resource that was changed since, or whose state is unknown. */
  readonly refused: readonly Issue[]
}

/** The refs of all resources in a journal and of those that they refer to, which are read and compared. */
export function referencedRefs({ entries }: JournalRecord): Ref[] {
  const refs = entries.flatMap(({ ref, before, after }) => [
    ref,
    ...[before, after].flatMap((image) =>
      image ? [refOf(image), ...Object.values(image.refs), ...tokensIn(image)] : [],
    ),
  ])
  return [...new Set(refs)]
}

/** The expected state of each resource after the apply, which identifies resources with the same name. */
export function leftBehind({ entries }: JournalRecord): ReadonlyMap<Ref, Pick<Resource, 'refs' | 'spec'>> {
  const images = entries.flatMap(({ ref, before, after }) => {
    const image = after ?? before
    return image ? [[ref, { refs: image.refs, spec: image.spec }] as const] : []
  })
  return new Map(images)
}

/** Compares the result of an apply with the current state, and returns the changes that revert it. Pure. */
export function undoOf(
  record: JournalRecord,
  live: Live,
  kinds: readonly Kind[],
  placeholderFor: (image: Image, pointer: Pointer) => Placeholder,
): Undoing {
  const resolve = (image: Image | undefined) => resourceOf(image, placeholderFor)
  const renames = renamesIn(record, live)
  const asNamedNow: Resolve = (image) => withRenamedRefs(resolve(image), renames.open)
  const resources: Resource[] = []
  const remove = new Set<Ref>()
  const moved: Rename[] = []
  const rewrite = new Map<Ref, readonly Pointer[]>()
  const refused: Issue[] = []
  const completed = new Set(
    record.entries.flatMap(({ action, status, ref }) => (action === 'patch-cycle' && status === 'done' ? [ref] : [])),
  )
  for (const entry of record.entries) {
    const kind = kinds.find(({ name }) => name === splitRef(entry.ref).kind)
    // The second half of a create is reverted with the first. A failed change may have been completed in part.
    if (!kind || entry.action === 'patch-cycle') continue
    // Without its rename, the resource still has the old name.
    const now = live.resources.get(entry.ref) ?? (entry.before && live.resources.get(refOf(entry.before)))
    // Once the second half is done, the fields that the first half omitted are compared too.
    const fullEntry = completed.has(entry.ref) ? { ...entry, without: [] } : entry
    const again = leftovers(kind, entry, resolve)
    const verdict =
      partVerdict(kind, entry, now, live, { remove, resources }) ?? verdictOf(kind, fullEntry, now, asNamedNow)
    if (verdict === 'nothing' && again.length === 0) continue
    if (now && entry.action === 'create' && kind.builtin?.(now) && kind.immutable?.(now)) {
      refused.push(builtinStays(entry.ref))
    } else if (verdict !== 'undo' && verdict !== 'nothing') {
      refused.push({
        code: 'changed-since',
        severity: 'warning',
        message: `${entry.ref} is left as it is: ${verdict}`,
        ref: entry.ref,
      })
    } else if (entry.action === 'create') remove.add(entry.ref)
    else if (entry.before) {
      const before = withRenamedRefs(resolve(entry.before), renames.all)
      resources.push(before)
      if (again.length > 0) rewrite.set(refOf(before), again)
      if (refOf(before) !== entry.ref) moved.push({ from: entry.ref, to: refOf(before) })
    }
  }
  for (const ref of madeAlong(remove, live, kinds)) remove.add(ref)
  return { resources, remove, moved, rewrite, refused }
}

/**
 * The renames of a journal, from the new name to the previous one; those that the server has not completed are `open`. The
 * images of a journal refer to renamed resources by their new names.
 */
function renamesIn({ entries }: JournalRecord, live: Live) {
  const renames = entries.flatMap(({ ref, before }): [Ref, Ref][] =>
    before && refOf(before) !== ref ? [[ref, refOf(before)]] : [],
  )
  return { all: new Map(renames), open: new Map(renames.filter(([to]) => !live.resources.has(to))) }
}

/** Resources that the server created together with deleted ones and that are unchanged: they have no entry and are deleted too. */
function madeAlong(gone: ReadonlySet<Ref>, live: Live, kinds: readonly Kind[]): Ref[] {
  return [...live.resources].flatMap(([ref, resource]) => {
    const kind = kinds.find(({ name }) => name === resource.kind)
    const parent = kind?.parent === undefined ? undefined : resource.refs[kind.parent]
    if (!kind?.defaultSpec || !parent || !gone.has(parent)) return []
    return isAsCreated(kind, resource) ? [ref] : []
  })
}

function builtinStays(ref: Ref): Issue {
  return {
    code: 'builtin-stays',
    severity: 'warning',
    message: `${ref} stays: it is part of Prefect, and has no effect by itself.`,
    ref,
  }
}

function resourceOf(
  image: Image | undefined,
  placeholderFor: (image: Image, pointer: Pointer) => Placeholder,
): Resource {
  if (!image) return { kind: '', key: '', refs: {}, spec: {}, secrets: {} }
  const { kind, key, refs, spec } = image
  return {
    kind,
    key,
    refs,
    spec,
    secrets: Object.fromEntries(image.secrets.map((pointer) => [pointer, placeholderFor(image, pointer)])),
  }
}

function tokensIn({ spec }: Image): Ref[] {
  const refs: Ref[] = []
  mapStrings(spec, (text) => {
    append(refs, refsIn(text))
    return text
  })
  return refs
}
