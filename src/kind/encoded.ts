import type { Json, JsonObject, Pointer } from '../json.ts'
import type { Placeholder, Ref, Server } from '../model.ts'

/** A server's object in the form of a snapshot; freeform JSON may still contain IDs. */
export interface Encoded {
  readonly refs: Readonly<Record<string, Ref | undefined>>
  readonly spec: Readonly<Record<string, Json | undefined>>
  readonly secrets?: Readonly<Record<Pointer, Placeholder>>
  /** Settings that are not exported because no supported version of Prefect has them. */
  readonly dropped?: readonly DroppedSetting[]
  /** Declared secrets without a match in the object, and the values that are treated as secret instead. */
  readonly guessedSecrets?: readonly GuessedSecret[]
}

/** A declared secret that the object does not have under its name. */
export interface GuessedSecret {
  /** The declared path, such as `headers.*`. */
  readonly path: string
  /** Relative to the spec. */
  readonly pointers: readonly Pointer[]
}

/** A setting of an older Prefect without an equivalent. */
export interface DroppedSetting {
  /** Name and value of the setting. */
  readonly what: string
  /** What to do instead. */
  readonly fix: string
}

/** Access to other objects of the same server. */
export interface Names {
  readonly server: Server
  /** The ref of the object with an ID, if it was read. */
  refOf(id: Json | undefined): Ref | undefined
  /**
   * The ref for a ref field. If only named objects were read and this one was not, a ref that contains the ID. If no
   * object has the ID, undefined, and an issue is reported.
   */
  refForField(kind: string, id: Json | undefined): Ref | undefined
  /** The object with an ID, if it was read. */
  raw(id: Json | undefined): JsonObject | undefined
  /**
   * The first position, by ref and pointer, at which another object contains an ID; for objects without names of their
   * own.
   */
  holderOf(id: Json | undefined): { readonly ref: Ref; readonly pointer: Pointer } | undefined
}
