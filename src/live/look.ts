import type { JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Id, LiveResource, Reader, Ref, Resource, Server } from '../model.ts'
import { refOf } from '../ref.ts'
import { makeNames, type RawObject, unreadObject } from './names.ts'
import { readLive } from './read-live.ts'

/** What a server has under the names of some resources. */
export interface Look {
  /** By ID, since the refs of resources with the same name depend on what is compared. */
  readonly resources: ReadonlyMap<Id, LiveResource>
  readonly objects: ReadonlyMap<Id, { readonly kind: Kind; readonly object: JsonObject }>
  /** The key of an object by its present name; undefined for one without a name of its own. */
  keyNow(id: Id): string | undefined
}

export interface LookOptions {
  readonly reader: Reader
  readonly server: Server
  readonly kinds: readonly Kind[]
  /** The IDs with the refs that they had when the plan was made. */
  readonly ids: ReadonlyMap<Ref, Id>
}

/** Reads the resources with the names of these ones, which also say what is secret. */
export async function lookAt(some: readonly Resource[], { reader, server, kinds, ids }: LookOptions): Promise<Look> {
  const wanted = [...new Map(some.map((resource) => [refOf(resource), resource])).values()]
  const resources = new Map<Id, LiveResource>()
  const objects = new Map<Id, { readonly kind: Kind; readonly object: JsonObject }>()
  if (wanted.length > 0)
    await readLive(reader, server, kinds, {
      wanted,
      ids,
      onResource: (resource) => resources.set(resource.id, resource),
      onObjects: (kind, read) => {
        for (const object of read) objects.set(String(object.id) as Id, { kind, object })
      },
    })
  const index = new Map([...objects].map(([id, { kind, object }]): [string, RawObject] => [id, { kind, raw: object }]))
  const names = makeNames({ server, index, refs: new Map(), known: new Map(), whole: true }, unreadObject)
  return {
    resources,
    objects,
    keyNow(id) {
      const read = objects.get(id)
      return read?.kind.key(read.object, names)
    },
  }
}
