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
 * Encodes the objects of a server while the server is busy with the next ones. An object is encoded as soon as every name
 * that it needs is known, with the same result as when everything has been read; the others wait until then.
 */
export interface IncrementalEncoder {
  /** Adds objects of a kind. An object that comes a second time, because others write meanwhile, is ignored. */
  add(kind: Kind, objects: readonly JsonObject[]): void
  /** Removes objects that were deleted after they were added. */
  remove(ids: readonly string[]): void
  /** Ends a kind and tries again what was waiting for its objects. Returns how many it has. */
  end(kind: Kind): number
  /** What is encoded already, by id. */
  readonly encoded: ReadonlyMap<string, LiveResource>
  /** All objects that were added, without those that are encoded and that no kind looks at. */
  readonly objects: RawIndex
  /** The issues of encoded resources. */
  issues(): readonly Issue[]
  /** Stops. What is not encoded yet is left to the caller, once everything has been read. */
  close(): void
}

/** Thrown where a name is not known yet. */
const notRead = new Error('not read yet')

export interface EncoderOptions {
  readonly server: Server
  readonly idKeys: ReadonlySet<string>
  /** Names of objects that need not be read, by id. */
  readonly known: ReadonlyMap<string, Ref>
  /** Receives each encoded resource; its result is kept instead. */
  readonly onEncoded: (resource: LiveResource) => LiveResource
}

export function startIncrementalEncode({ server, idKeys, known, onEncoded }: EncoderOptions): IncrementalEncoder {
  const index = new Map<string, RawObject>()
  const objects = { server, index, known, refs: new Map<string, Ref | undefined>() }
  const names = makeNames({ ...objects, whole: false }, () => {
    throw notRead
  })
  const encoded = new Map<string, LiveResource>()
  const issues = new Map<string, readonly Issue[]>()
  const counts = new Map<string, number>()
  let waiting: RawObject[] = []
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
      // A fault is met again, and reported, when all have been read.
      waiting.push(object)
    }
  })
  const count = (kind: string, more: number) => counts.set(kind, (counts.get(kind) ?? 0) + more)
  const forget = (id: string): LiveResource | undefined => {
    const resource = encoded.get(id)
    encoded.delete(id)
    issues.delete(id)
    return resource
  }
  return {
    add(kind, raws) {
      for (const raw of raws) {
        const id = String(raw.id)
        if (index.has(id) || encoded.has(id)) continue
        const object = { kind, raw }
        index.set(id, object)
        count(kind.name, 1)
        if (!kind.ambiguous) queue.add([object])
      }
    },
    remove(ids) {
      const gone = new Set<Ref>()
      for (const id of ids) {
        const resource = forget(id)
        const kind = resource?.kind ?? index.get(id)?.kind.name
        if (kind === undefined) continue
        if (resource) gone.add(refOf(resource))
        count(kind, -1)
        index.delete(id)
        objects.refs.delete(id)
      }
      // What points to them was encoded with their names, and has to be encoded without.
      for (const [id, resource] of encoded) {
        const object = index.get(id)
        if (object && pointsTo(resource, gone)) {
          forget(id)
          waiting.push(object)
        }
      }
    },
    end({ name }) {
      queue.add(waiting)
      waiting = []
      return counts.get(name) ?? 0
    },
    encoded,
    issues: () => [...issues.values()].flat(),
    objects: { ...objects, whole: true },
    close: queue.stop,
  }
}

function pointsTo({ refs, spec }: LiveResource, targets: ReadonlySet<Ref>): boolean {
  if (Object.values(refs).some((ref) => targets.has(ref))) return true
  const text = JSON.stringify(spec)
  return [...targets].some((ref) => text.includes(JSON.stringify(tokenOf(ref)).slice(1, -1)))
}
