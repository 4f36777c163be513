import type { Issue } from '../issue.ts'
import type { JsonObject, Pointer } from '../json.ts'
import type { Ref } from '../ref.ts'
import type { Secret } from '../secret.ts'

/* What a snapshot says and what a server holds. */

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
