import type { Issue } from '../issue.ts'
import type { JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Ref, Server } from '../model.ts'
import { refOf } from '../ref.ts'
import { tokenOf } from '../token.ts'
import { encodeOne } from './encode.ts'
import { createItemQueue } from './item-queue.ts'
import { makeNames, type RawIndex, type RawObject } from './names.ts'

/**
 * Encodes objects while the server is busy with the next ones. An object is encoded once all names that it refers to
 * are known; the result is the same as after everything has been read. Objects that refer to unknown names wait.
 */
export interface IncrementalEncoder {
  /** Adds objects of a kind. Ignores objects that were added before, which concurrent writes can cause. */
  add(kind: Kind, objects: readonly JsonObject[]): void
  /** Removes objects that were deleted after they were added. */
  remove(ids: readonly string[]): void
  /** Marks a kind as complete and retries waiting objects. Returns the number of its objects. */
  end(kind: Kind): number
  /** Encoded resources, by ID. */
  readonly encoded: ReadonlyMap<string, LiveResource>
  /** All added objects, except those that are encoded and not needed for lookups. */
  readonly objects: RawIndex
  /** The issues of encoded resources. */
  issues(): readonly Issue[]
  /** Stops. The caller encodes the remaining objects after everything has been read. */
  close(): void
}

/** Thrown if a name is not known yet. */
const notRead = new Error('not read yet')

export interface EncoderOptions {
  readonly server: Server
  readonly idKeys: ReadonlySet<string>
  /** Refs that are known without reading the objects, by ID. */
  readonly known: ReadonlyMap<string, Ref>
  /** Called with each encoded resource. The returned value is stored instead. */
  readonly onEncoded: (resource: LiveResource) => LiveResource
}

/** Creates an encoder without objects. */
export function startIncrementalEncode({ server, idKeys, known, onEncoded }: EncoderOptions): IncrementalEncoder {
  const index = new Map<string, RawObject>()
  const objects = { server, index, known, refs: new Map<string, Ref | undefined>() }
  const names = makeNames({ ...objects, whole: false }, () => {
    throw notRead
  })
  const encoded = new Map<string, LiveResource>()
  const issues = new Map<string, readonly Issue[]>()
  const state: State = { objects, encoded, issues, counts: new Map(), waiting: [] }
  const queue = createItemQueue<RawObject>((object) => {
    const id = String(object.raw.id)
    if (index.get(id) !== object) return
    try {
      const found: Issue[] = []
      const resource = encodeOne(object.kind, object.raw, names, idKeys, found)
      if (!resource) return
      issues.set(id, found)
      if (object.kind.dropAfterEncode) index.delete(id)
      encoded.set(id, onEncoded(resource))
    } catch {
      // Errors recur, and are reported, after everything has been read.
      state.waiting.push(object)
    }
  })
  return {
    add(kind, raws) {
      const added = newObjects(state, kind, raws)
      if (!kind.ambiguous) queue.add(added)
    },
    remove: (ids) => removeObjects(state, ids),
    end({ name }) {
      queue.add(state.waiting)
      state.waiting = []
      return state.counts.get(name) ?? 0
    },
    encoded,
    issues: () => [...issues.values()].flat(),
    objects: { ...objects, whole: true },
    close: queue.stop,
  }
}

/** Encoded and pending objects, by ID. */
interface State {
  readonly objects: { readonly index: Map<string, RawObject>; readonly refs: Map<string, Ref | undefined> }
  readonly encoded: Map<string, LiveResource>
  readonly issues: Map<string, readonly Issue[]>
  /** The number of objects of each kind. */
  readonly counts: Map<string, number>
  waiting: RawObject[]
}

/** Adds the objects that are new, and returns them. */
function newObjects(state: State, kind: Kind, raws: readonly JsonObject[]): RawObject[] {
  const { index } = state.objects
  const added: RawObject[] = []
  for (const raw of raws) {
    const id = String(raw.id)
    if (index.has(id) || state.encoded.has(id)) continue
    const object = { kind, raw }
    index.set(id, object)
    added.push(object)
  }
  count(state, kind.name, added.length)
  return added
}

function removeObjects(state: State, ids: readonly string[]): void {
  const { index, refs } = state.objects
  const removedRefs = new Set<Ref>()
  for (const id of ids) {
    const resource = forget(state, id)
    const kind = resource?.kind ?? index.get(id)?.kind.name
    if (kind === undefined) continue
    if (resource) removedRefs.add(refOf(resource))
    count(state, kind, -1)
    index.delete(id)
    refs.delete(id)
  }
  // Resources that refer to them were encoded with their names and have to be encoded again.
  for (const [id, resource] of state.encoded) {
    const object = index.get(id)
    if (object && pointsTo(resource, removedRefs)) {
      forget(state, id)
      state.waiting.push(object)
    }
  }
}

function forget({ encoded, issues }: State, id: string): LiveResource | undefined {
  const resource = encoded.get(id)
  encoded.delete(id)
  issues.delete(id)
  return resource
}

function count({ counts }: State, kind: string, more: number): void {
  counts.set(kind, (counts.get(kind) ?? 0) + more)
}

function pointsTo({ refs, spec }: LiveResource, targets: ReadonlySet<Ref>): boolean {
  if (Object.values(refs).some((ref) => targets.has(ref))) return true
  const text = JSON.stringify(spec)
  return [...targets].some((ref) => text.includes(JSON.stringify(tokenOf(ref)).slice(1, -1)))
}
