import type { Json, JsonObject, Pointer } from '../json.ts'
import type { Placeholder, Ref, Server } from '../model.ts'

/** What the object of a server becomes in a snapshot; ids may still stand in it. */
export interface Encoded {
  readonly refs: Readonly<Record<string, Ref | undefined>>
  readonly spec: Readonly<Record<string, Json | undefined>>
  readonly secrets?: Readonly<Record<Pointer, Placeholder>>
  /** What the object says and a snapshot does not, since no Prefect that can be written to has it. */
  readonly dropped?: readonly DroppedSetting[]
  /** Secrets that are declared, but not found in the object, with the values that are treated as secret instead. */
  readonly guessedSecrets?: readonly GuessedSecret[]
}

/** A declared secret that the object does not have under that name. */
export interface GuessedSecret {
  /** The declared path, such as `headers.*`. */
  readonly path: string
  /** Into the spec. */
  readonly pointers: readonly Pointer[]
}

/** A setting of an older Prefect that has no place any more. */
export interface DroppedSetting {
  /** What it is called there, with its value. */
  readonly what: string
  /** What that means, and what there is instead. */
  readonly fix: string
}

/** The other objects of the same server, for what a kind cannot tell from its own object. */
export interface Names {
  readonly server: Server
  /** The name of the object with this id, if it was read. */
  refOf(id: Json | undefined): Ref | undefined
  /**
   * The name that fills a slot. Where the object was not read, because only named ones were, a ref that shows the id;
   * where nothing has the id, undefined, and the loss is reported.
   */
  refForField(kind: string, id: Json | undefined): Ref | undefined
  /** The object itself. */
  raw(id: Json | undefined): JsonObject | undefined
  /** The first place, by ref and pointer, at which another object holds this id; for objects without a name of their own. */
  holderOf(id: Json | undefined): { readonly ref: Ref; readonly pointer: Pointer } | undefined
}
