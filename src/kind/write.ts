import type { Json } from '../json.ts'
import type { Api, Id, Ref, Resource, Server } from '../model.ts'

/** A resource as it is sent: with IDs instead of tokens, and with secret values. Only exists during the request. */
export interface ResolvedResource {
  readonly resource: Resource
  /** Fields that this create omits because they close a cycle. A later `patch-cycle` sets them. */
  readonly without: readonly string[]
  readonly refs: Readonly<Record<string, Ref>>
  readonly ids: Readonly<Record<string, Id>>
  readonly spec: Readonly<Record<string, Json>>
}
export interface Write {
  readonly api: Api
  readonly server: Server
  /** The ID of a resource that exists at this point. */
  idOf(ref: Ref): Id
}
export interface Created extends SideEffects {
  readonly id: Id
}

/** Effects of a write on other resources. */
export interface SideEffects {
  /** IDs of resources that the server created or renamed along with it. */
  readonly createdIds?: Readonly<Record<Ref, Id>>
}
