import type { Check } from './check.ts'
import type { Issue } from './issue.ts'
import type { Json, JsonObject, Pointer } from './json.ts'
import type { Api, Change, FieldChange, Id, LiveResource, Placeholder, Reader, Ref, Resource, Server } from './model.ts'

/** All that is known of one field of a kind's `spec`. The order of a kind's fields is their order in a snapshot. */
export interface Field {
  /** JSON Schema (2020-12) of the value. */
  readonly schema: JsonObject
  /** What it is, in one sentence, for the schema, `explain` and editors. */
  readonly doc: string
  /** The value that the server has where a client sets none. A field that equals it is left out of a snapshot. */
  readonly default?: Json
  /** Every document of the kind must say it. Another field without a default is the server's choice where none does. */
  readonly required?: true
  /** Switches work on or off; always written out, and not compared where a snapshot does not say it. */
  readonly operational?: true
  /** The server cannot change it in place, for this reason. */
  readonly fixed?: string
  /** Freeform JSON, which may contain IDs of the server and names of other resources. */
  readonly freeform?: true
  /** The resource can be created without it: a cycle may be closed through it. */
  readonly deferrable?: true
  /** First Prefect version that has it. */
  readonly since?: string
  /** The one form of the values that mean the same to every server. Idempotent. */
  readonly normalize?: (value: Json) => Json
  /** The form in which two values are compared, where a server stores another one than it was sent. */
  readonly compare?: (value: Json, other: Json | undefined) => Json
}

/** An edge that the API has a field for. */
export interface RefField {
  /** Kinds that may fill it. */
  readonly kinds: readonly string[]
  readonly doc: string
  readonly required?: true
  readonly fixed?: string
  readonly since?: string
}

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

/** A thing that a version of Prefect cannot hold. */
export interface Incompatibility {
  readonly pointer?: Pointer
  readonly reason: string
  readonly drops: 'resource' | 'field'
}

/** A fault of one document; the pointer leads into it. */
export interface Fault {
  readonly code: 'invalid-key' | 'invalid-value' | 'invalid-secret' | 'checksum-differs'
  readonly severity?: 'warning'
  readonly pointer: Pointer
  readonly message: string
  readonly fix?: string
}

/** Ways in which freeform JSON names resources of a kind, which Prefect looks up when it runs something. */
export interface Mentions {
  /** `{{ prefect.WORD.a.b }}`: the word, and the natural key for the path `['a', 'b']` after it. */
  readonly template?: { readonly word: string; key(path: readonly string[]): string }
  /** By a key of an object: the natural key of the resource that the object names there, or undefined. */
  readonly keys?: Readonly<Record<string, (object: JsonObject) => string | undefined>>
}

/** Runs that a server has scheduled for a resource. */
export interface ScheduledRuns {
  /** The sentence among `effects` by which an update reschedules them; a plan shows their number instead. */
  readonly effect: string
  /** How many are scheduled to start before a time. */
  count(reader: Reader, id: Id, before: Date): Promise<number>
}

/** Whether somebody is there to do the work of resources of a kind. */
export interface Readiness {
  /** What a resource says of that by itself, on a server of a version; undefined where it depends on who is there. */
  ofType?(resource: Resource, server: Server): Check | undefined
  /** What a resource needs after it was created. */
  afterCreate?(resource: Resource, server: Server): Check | undefined
  /** Asks a server about resources that it has. Not for those of which `ofType` says enough. */
  check(reader: Reader, server: Server, resources: readonly LiveResource[]): Promise<readonly Check[]>
}

/** Receives objects page by page; `gone` are ids of objects that it received before and that were deleted meanwhile. */
export type OnPage = (objects: readonly JsonObject[], gone?: readonly string[]) => void

/** How each field of the API's models is treated. A field that no list names fails the coverage test. */
export interface FieldCoverage {
  /** Names of the OpenAPI components that create, change and describe the kind. */
  readonly models: {
    readonly create: readonly string[]
    readonly update: readonly string[]
    readonly read: readonly string[]
    /** Components nested in those that the kind takes apart: each of their fields is classed too. */
    readonly parts?: readonly string[]
    /** Components that only servers before 3.4 have, and that are read there in place of those. */
    readonly older?: readonly string[]
    /** Components nested in those that are carried as they stand. */
    readonly whole?: readonly string[]
  }
  /** API field to the spec field, slot or `key` that carries it, where the names differ. */
  readonly carried?: Readonly<Record<string, string>>
  /** The server's own: never exported. */
  readonly own: readonly string[]
  /** Accepted or returned, and of no use: with the reason. */
  readonly ignored?: Readonly<Record<string, string>>
}

/**
 * All that the tool knows of one kind: a plain object, one file each in `kinds/`, and one line in its table.
 * To add a kind see CONTRIBUTING.md.
 */
export interface Kind {
  readonly name: string
  /** One sentence. */
  readonly doc: string
  /** First Prefect version that has it. */
  readonly since?: string
  readonly keyDoc: string
  /** There may be thousands: it is worth while to know of some before the others have been read. */
  readonly many?: true
  /** Names are not unique: resources of one name are told apart by their content. */
  readonly ambiguous?: true
  /** There is one on every server, and its id is the same everywhere. */
  readonly singleton?: true
  readonly refFields: Readonly<Record<string, RefField>>
  /** The ref field of the resource that it belongs to: the server deletes it with that one. */
  readonly parent?: string
  readonly fields: Readonly<Record<string, Field>>
  /** Keys in freeform JSON under which Prefect expects the id of such a resource, or a list of ids. */
  readonly idKeys?: readonly string[]
  readonly mentions?: Mentions
  readonly coverage: FieldCoverage
  /** No other kind looks at its objects (`Names.raw`): they are let go once they are encoded. */
  readonly dropAfterEncode?: true
  /**
   * Reads the objects of a server: all, or at least those with the wanted keys. Every object has an `id`. For kinds with
   * `many` objects, each page is passed to `onPage` and omitted from the result.
   */
  list(reader: Reader, server: Server, wanted?: ReadonlySet<string>, onPage?: OnPage): Promise<readonly JsonObject[]>
  /** The natural key of an object, or undefined where it is no resource of its own. */
  key(raw: JsonObject, names: Names): string | undefined
  encode(raw: JsonObject, names: Names): Encoded
  /** Faults of a document that no JSON Schema can tell, such as a key that does not agree with the refs. */
  check?(resource: Resource): readonly Fault[]
  /** Every server has it by itself: it is carried only where something else needs it. */
  builtin?(resource: Resource): boolean
  /** What exists is as it should be, and is neither compared nor written. */
  immutable?(resource: Resource): boolean
  /** Whether the server can change one key into the other in place; `update` then gets a resource with another key. */
  renames?(from: string, to: string): boolean
  /** The fields of one that does nothing yet: what a create under `--activation paused` sends. */
  readonly disabledSpec?: JsonObject
  /** The fields of one that was switched off (`pause`), where a create sends others. */
  readonly pausedSpec?: JsonObject
  /** The resource with the operational parts that stand inside other fields as another one has them: a server's own, mostly. */
  keepActivation?(resource: Resource, other: Resource): Resource
  /** Fields of the server's object that an update needs again. */
  readonly carryOver?: readonly string[]
  /** What this server's version cannot hold of a resource; only what `since` does not say already. */
  incompatibilities?(resource: Resource, server: Server, before: LiveResource | undefined): readonly Incompatibility[]
  /** What an update or delete does besides; one sentence each. */
  effects?(change: Change, server: Server): readonly string[]
  readonly scheduledRuns?: ScheduledRuns
  /** Why one cannot be deleted as long as its parent stays; undefined where it can. */
  blocksRemoval?(resource: Resource, parent: Resource): Pick<Issue, 'code' | 'message' | 'fix'> | undefined
  readonly readiness?: Readiness
  /** How many of them the smallest tier of Prefect Cloud (Hobby) holds, as its documentation says. */
  readonly smallestTierHolds?: number
  /** The name of a secret at a pointer, in words, from which the name of its environment variable is made; default `kind/key/pointer`. */
  secretName?(key: string, pointer: Pointer): string
  create(write: Write, after: ResolvedResource): Promise<Created>
  update(
    write: Write,
    before: LiveResource,
    after: ResolvedResource,
    fields: readonly FieldChange[],
  ): Promise<SideEffects | undefined>
  remove(write: Write, before: LiveResource): Promise<void>
  /** The spec of one that the server made by itself along with another resource (`Created.also`). */
  defaultSpec?(): JsonObject
  /** Finds an object by its natural key, after a create of which nobody knows whether it was done. */
  find(reader: Reader, after: ResolvedResource): Promise<Id | undefined>
}
