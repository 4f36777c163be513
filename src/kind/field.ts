import type { Json, JsonObject } from '../json.ts'

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
