import type { Json } from '../json.ts'
import type { Api, Id, Ref, Resource, Server } from '../model.ts'

/** A resource made ready for the wire: tokens are ids, secrets have their values. Held no longer than the request. */
export interface ResolvedResource {
  readonly resource: Resource
  /** Fields that are left out of this create, since they close a cycle, and are filled in later. */
  readonly without: readonly string[]
  readonly refs: Readonly<Record<string, Ref>>
  readonly ids: Readonly<Record<string, Id>>
  readonly spec: Readonly<Record<string, Json>>
}
export interface Write {
  readonly api: Api
  readonly server: Server
  /** The id of a resource that exists by now. */
  idOf(ref: Ref): Id
}
export interface Created extends SideEffects {
  readonly id: Id
}

/** What a write tells of other resources. */
export interface SideEffects {
  /** Ids of what the server made, or gave another name, along with it. */
  readonly createdIds?: Readonly<Record<Ref, Id>>
}
