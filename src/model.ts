import type { Issue } from './issue.ts'
import type { Json, JsonObject, Pointer } from './json.ts'
import type { Ref } from './ref.ts'
import type { Secret } from './secret.ts'

export type { Ref } from './ref.ts'
/** An id of one live system. Never written to disk. */
export type Id = string & { readonly __id: never }

/** Where the value of a secret field comes from; the resource's `spec` has nothing there. */
export type Placeholder =
  | ((
      | { readonly env: string }
      /** A path, relative to the snapshot's folder. */
      | { readonly file: string }
      /** The value itself, encrypted: armoured, or base64. */
      | { readonly age: string }
      /** A program and its arguments, which prints the value. */
      | { readonly command: readonly string[] }
    ) & { readonly as?: 'json' })
  | { readonly plain: Secret }
  /** Only of a live resource: the server has a value and does not show it. */
  | { readonly masked: true }

/** What fills placeholders now. */
export interface SecretValues {
  secretFor(placeholder: Placeholder): Secret | undefined
  /** Why there is no value; undefined where there is one. */
  missingReason(placeholder: Placeholder): MissingSecret | undefined
}
export interface MissingSecret {
  /** `invalid-secret`: the source is there, and what it gives cannot be used. */
  readonly code: 'missing-secret' | 'invalid-secret'
  readonly reason: string
  readonly fix: string
}

/** One resource, symbolic: its edges are refs and `<ref:…>` tokens, and nowhere in it is an id or a secret value. */
export interface Resource {
  readonly kind: string
  /** Natural key: what people call it, unique within its kind, the same in every system. */
  readonly key: string
  /** Slot name to the resource that fills it: the edges that the API has a field for. */
  readonly refs: Readonly<Record<string, Ref>>
  /** In canonical form: fields that equal their default are absent, keys of freeform JSON are sorted. */
  readonly spec: JsonObject
  /** By pointer into `spec`. */
  readonly secrets: Readonly<Record<Pointer, Placeholder>>
}

/**
 * What was asked for when the snapshot was written: what meets every condition. What those need came along, and is no part
 * of it. What is out of scope is invisible to plan and prune.
 */
export interface Scope {
  /** Globs over refs, of which one has to match. */
  readonly include: readonly string[]
  /** Globs over refs, of which none may match. */
  readonly exclude: readonly string[]
  /** Tags, of which a resource has to hold one. */
  readonly tags?: readonly string[]
  readonly kinds?: readonly string[]
  /** What needs the chosen ones, directly or indirectly, was asked for too, but for what `exclude` matches. */
  readonly dependents?: true
  /** A wider scope, in which this one was narrowed: only what is in both. */
  readonly within?: Scope
  /** Kinds that could not be read in full. */
  readonly incomplete: readonly string[]
}

/** One resource that got another name. */
export interface Rename {
  readonly from: Ref
  readonly to: Ref
}

export interface Snapshot {
  readonly version: 1
  /** Provenance, never compared. */
  readonly source?: { readonly api: string; readonly server: string }
  readonly scope: Scope
  readonly moved: readonly Rename[]
  /** Sorted by kind order, then key. */
  readonly resources: readonly Resource[]
}

/** A server that answers, as it says of itself. */
export interface Server {
  /** For people: without user info. */
  readonly url: string
  /** Of Prefect, such as `3.8.8`. */
  readonly version: string
}

/** What one server holds now: the same resources, and what only it knows of them. Never leaves the process. */
export interface Live {
  readonly server: Server
  readonly resources: ReadonlyMap<Ref, LiveResource>
  /** Kinds of which everything was read (not only what was asked for by name). */
  readonly complete: ReadonlySet<string>
  /** How many of a kind there are, where that was asked for and not all were read. */
  readonly totals?: ReadonlyMap<string, number>
  /** Of those that were asked for, the ones that could be several of their name: which one cannot be told. */
  readonly unsure?: readonly Ref[]
  readonly issues: readonly Issue[]
}
export interface LiveResource extends Resource {
  readonly id: Id
  /** What the kind wants to know again of the server's object when it updates it (`Kind.recall`). */
  readonly carriedOver: JsonObject
  /** Those of its secrets that the kind only guessed, since a declared path leads to none of its values. */
  readonly guessedSecrets?: readonly Pointer[]
}

/** One field of a resource that differs; `before` or `after` is absent where the field is. */
export interface FieldChange {
  readonly pointer: Pointer
  readonly before?: Json
  readonly after?: Json
}

export type Change = {
  readonly ref: Ref
  /** Changes of this plan, by their ids, that must have been done before. */
  readonly waits: readonly string[]
  /** Changes that are better done before; whether they succeed does not matter to this one. */
  readonly follows?: readonly string[]
  /** What else happens when this is done; for people. */
  readonly notes: readonly string[]
} & (
  | { readonly action: 'create'; readonly after: Resource; readonly without: readonly string[] }
  /** The second half of a create that had to leave out the fields `without` because of a cycle. */
  | { readonly action: 'patch-cycle'; readonly after: Resource; readonly without: readonly string[] }
  | {
      readonly action: 'update'
      readonly before: LiveResource
      readonly after: Resource
      readonly fields: readonly FieldChange[]
    }
  | { readonly action: 'delete'; readonly before: LiveResource }
)

/** What it takes to make a server match a snapshot. A value: made by a pure function, shown and applied as it is. */
export interface Plan {
  /** In an order in which they can be done one after another. */
  readonly changes: readonly Change[]
  readonly unchanged: readonly Ref[]
  /** Resources in scope that only the server has, and that are kept. */
  readonly unmanaged: readonly Ref[]
  /** What the server cannot hold, or cannot change in place; apply refuses while there is one, unless told to skip them. */
  readonly unsupported: readonly Unsupported[]
  /** What a policy or common sense forbids: protected resources, what others still use, more than looks meant. */
  readonly refusals: readonly Issue[]
  /** Resources that exist and hold secrets of which nothing is known but that they are there; whether they differ is not known either. */
  readonly notCompared: readonly NotCompared[]
  /** Errors stop an apply before its first write. */
  readonly issues: readonly Issue[]
}

/** Secrets of a resource that were not compared, since their value here or on the server is not known. */
export interface NotCompared {
  readonly ref: Ref
  /** Into the resource's `spec`. */
  readonly pointers: readonly Pointer[]
}

/** Who changed something since a base: the snapshot (`ours`), the server (`theirs`), or both. */
export type ChangedBy = 'ours' | 'theirs' | 'both'

/** What happened to the resource of a change since a base. */
export interface ThreeWay {
  readonly by: ChangedBy
  /** Absent where the base does not have it. */
  readonly base?: Resource
  /** From the base to the snapshot. */
  readonly ours: readonly FieldChange[]
  /** From the server back to the base. */
  readonly theirs: readonly FieldChange[]
}

export interface Unsupported {
  readonly ref: Ref
  /** The field in question; the whole resource where absent. */
  readonly pointer?: Pointer
  readonly reason: string
}

export type Outcome = { readonly change: Change; readonly ms: number } & (
  | { readonly status: 'done' }
  /** `written`: its requests that the server carried out, such as `PATCH /flows/…`; absent where there are none. */
  | { readonly status: 'failed'; readonly issue: Issue; readonly written?: readonly string[] }
  /** Not tried: `because` failed, or was skipped itself. */
  | { readonly status: 'skipped'; readonly because: Ref }
  /** Not tried, since the user stopped the apply. */
  | { readonly status: 'not-started' }
  /** Written, and read back with another value. */
  | { readonly status: 'not-converged'; readonly fields: readonly FieldChange[] }
)

/** An event of a stage at work, for progress and logs. */
export type Event =
  /** Something begins that may take a while; `waiting` for an answer of the user takes as long as it takes. */
  | {
      readonly type: 'phase'
      readonly phase: 'connecting' | 'reading' | 'applying' | 'reading back' | 'waiting'
      readonly total?: number
    }
  /** A server answered; `reading` where the operation reads its resources for a snapshot. */
  | {
      readonly type: 'connected'
      readonly url: string
      readonly version: string
      readonly profile?: string
      readonly reading: boolean
    }
  /** A file was written on the way to the result. */
  | { readonly type: 'written'; readonly path: string }
  /** Warnings that do not stop the operation. */
  | { readonly type: 'warning'; readonly issues: readonly Issue[] }
  | { readonly type: 'read'; readonly kind: string; readonly count: number }
  | { readonly type: 'start'; readonly change: Change }
  | { readonly type: 'outcome'; readonly outcome: Outcome; readonly done: number; readonly total: number }
  | {
      readonly type: 'request'
      readonly method: string
      readonly path: string
      readonly status: number
      readonly ms: number
    }
  | {
      readonly type: 'retry'
      readonly method: string
      readonly path: string
      readonly reason: string
      readonly waitMs: number
    }

/** Sends requests that change nothing. Answers 2xx with the parsed body; everything else is thrown as `ApiError`. */
export interface Reader {
  readonly url: string
  get(path: string): Promise<Json>
  /** A POST that only reads, such as `/flows/filter`. */
  query(path: string, body: JsonObject): Promise<Json>
}

/** Sends requests that change something. */
export interface Api extends Reader {
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: Json): Promise<Reply>
}
export interface Reply {
  readonly status: number
  /** `null` where the answer had no body. */
  readonly body: Json
}
