import type { Issue } from '../issue.ts'
import { mapStrings, type Pointer } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Live, LiveResource, Placeholder, Ref, Rename, Resource } from '../model.ts'
import { refOf, splitRef } from '../ref.ts'
import { canonicalSpec, differences } from '../spec.ts'
import { cut } from '../token.ts'
import type { Entry, Image, JournalRecord } from './journal.ts'
import { isBetween } from './partial-change.ts'

/** What takes an apply back: resources as they were, what has to go, and what cannot be taken back. */
export interface Undoing {
  readonly resources: readonly Resource[]
  readonly remove: ReadonlySet<Ref>
  readonly moved: readonly Rename[]
  /** One warning for each resource that was changed since, or of which nobody knows what became. */
  readonly refused: readonly Issue[]
}

/** Every resource that a journal speaks of, and that those need, for reading them. */
export function referencedRefs({ entries }: JournalRecord): Ref[] {
  const refs = entries.flatMap(({ ref, before, after }) => [
    ref,
    ...[before, after].flatMap((image) => (image ? [refOf(image), ...Object.values(image.refs)] : [])),
  ])
  return [...new Set([...refs, ...entries.flatMap(({ before }) => tokensIn(before))])]
}

/** What each resource should be by now, by which several of one name are told apart. */
export function leftBehind({ entries }: JournalRecord): ReadonlyMap<Ref, Pick<Resource, 'refs' | 'spec'>> {
  const images = entries.flatMap(({ ref, before, after }) => {
    const image = after ?? before
    return image ? [[ref, { refs: image.refs, spec: image.spec }] as const] : []
  })
  return new Map(images)
}

/** Compares what an apply left behind with what is there now, and says what would take it back. Pure. */
export function undoOf(
  record: JournalRecord,
  live: Live,
  kinds: readonly Kind[],
  placeholderFor: (image: Image, pointer: Pointer) => Placeholder,
): Undoing {
  const resources: Resource[] = []
  const remove = new Set<Ref>()
  const moved: Rename[] = []
  const refused: Issue[] = []
  const completed = new Set(
    record.entries.flatMap(({ action, status, ref }) => (action === 'patch-cycle' && status === 'done' ? [ref] : [])),
  )
  for (const entry of record.entries) {
    const kind = kinds.find(({ name }) => name === splitRef(entry.ref).kind)
    // The second half of a create goes with the first. What failed or was never begun may still have been done in part.
    if (
      !kind ||
      entry.action === 'patch-cycle' ||
      kind.immutable?.(resourceOf(entry.after ?? entry.before, placeholderFor))
    )
      continue
    // A rename that was not done leaves the old name.
    const now = live.resources.get(entry.ref) ?? (entry.before && live.resources.get(refOf(entry.before)))
    // Once the second half is done, what the first half left out is compared like everything else.
    const whole = completed.has(entry.ref) ? { ...entry, without: [] } : entry
    const verdict = judge(kind, whole, now, placeholderFor)
    if (verdict === 'nothing') continue
    if (verdict !== 'undo') {
      refused.push({
        code: 'changed-since',
        severity: 'warning',
        message: `${entry.ref} is left as it is: ${verdict}`,
        ref: entry.ref,
      })
    } else if (entry.action === 'create') remove.add(entry.ref)
    else if (entry.before) {
      const before = resourceOf(entry.before, placeholderFor)
      resources.push(before)
      if (refOf(before) !== entry.ref) moved.push({ from: entry.ref, to: refOf(before) })
    }
  }
  for (const ref of madeAlong(remove, live, kinds)) remove.add(ref)
  return { resources, remove, moved, refused }
}

/** What a server made along with resources that go, and nobody has changed since: it is in no entry, and goes with them. */
function madeAlong(gone: ReadonlySet<Ref>, live: Live, kinds: readonly Kind[]): Ref[] {
  return [...live.resources].flatMap(([ref, resource]) => {
    const kind = kinds.find(({ name }) => name === resource.kind)
    const parent = kind?.parent === undefined ? undefined : resource.refs[kind.parent]
    if (!kind?.defaultSpec || !parent || !gone.has(parent)) return []
    const made = { ...resource, spec: canonicalSpec(kind, kind.defaultSpec()) }
    return differences(kind, made, resource).length === 0 ? [ref] : []
  })
}

/** Whether a change can be taken back, needs not be, or why not. */
function judge(
  kind: Kind,
  entry: Entry,
  now: LiveResource | undefined,
  placeholderFor: (image: Image, pointer: Pointer) => Placeholder,
): string {
  const is = (image: Image | undefined) =>
    image !== undefined &&
    now !== undefined &&
    changedIn(kind, entry, now, resourceOf(image, placeholderFor)).length === 0
  switch (entry.action) {
    case 'create':
      if (!now) return 'nothing'
      // Where the server refused to make it, what has its name is perhaps somebody else's.
      if (entry.status === 'failed' && entry.id === undefined && !hasWritten(entry))
        return 'its create failed, so it may not be ours'
      if (entry.id !== undefined && entry.id !== now.id) return 'it was deleted and created again since'
      return is(entry.after) || isPartial(kind, entry, now, placeholderFor)
        ? 'undo'
        : how(kind, entry, now, placeholderFor)
    case 'delete':
      if (!now) return 'undo'
      return is(entry.before) ? 'nothing' : 'there is another one of this name now'
    default:
      if (!now) return 'it was deleted since'
      if (is(entry.after)) return 'undo'
      // Never begun, or reverted already.
      if (is(entry.before)) return 'nothing'
      return isPartial(kind, entry, now, placeholderFor) ? 'undo' : how(kind, entry, now, placeholderFor)
  }
}

/** Whether a change that was not completed left the resource as it is: it has sent a request, and nothing else differs. */
function isPartial(
  kind: Kind,
  entry: Entry,
  now: LiveResource,
  placeholderFor: (image: Image, pointer: Pointer) => Placeholder,
): boolean {
  if (entry.status === 'done' || !entry.after || (entry.writes ?? []).length === 0) return false
  const after = resourceOf(entry.after, placeholderFor)
  const before = entry.before ? resourceOf(entry.before, placeholderFor) : { ...after, refs: {}, spec: {}, secrets: {} }
  return isBetween(kind, before, now, after)
}

/** Whether the server has carried out a request of a change. */
function hasWritten({ writes = [] }: Entry): boolean {
  return writes.some(({ status = 0 }) => status >= 200 && status < 300)
}

function how(
  kind: Kind,
  entry: Entry,
  now: LiveResource,
  placeholderFor: (image: Image, pointer: Pointer) => Placeholder,
): string {
  if (!entry.after) return 'the journal does not say what it was made to be'
  const pointers = changedIn(kind, entry, resourceOf(entry.after, placeholderFor), now)
  return `it was changed since (${pointers.join(', ')})`
}

/** Where two states differ, but for fields that a create left for later. */
function changedIn(kind: Kind, { without = [] }: Entry, before: Resource, after: Resource): Pointer[] {
  const found = differences(kind, before, after).map(({ pointer }) => pointer)
  return without.length === 0
    ? found
    : found.filter(
        (pointer) =>
          // A create that is not complete is switched off until it is.
          ![...without, ...Object.keys(kind.disabledSpec ?? {})].some(
            (name) => pointer === `/spec/${name}` || pointer.startsWith(`/spec/${name}/`),
          ),
      )
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

function tokensIn(image: Image | undefined): Ref[] {
  const refs: Ref[] = []
  if (image) {
    mapStrings(image.spec, (text) => {
      for (const piece of cut(text).pieces) if ('ref' in piece) refs.push(piece.ref)
      return text
    })
  }
  return refs
}
