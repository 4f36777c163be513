import type { CodeExplanation } from './issue/code-table.ts'
import type { IssueCode, Place } from './issue.ts'
import type { Json, JsonObject, Pointer } from './json.ts'
import type { Ref } from './ref.ts'

/** What `explain` tells about its subject, as plain data: reports print it unchanged. */
export type Explanation = CodeSubject | KindSubject | FieldSubject | ResourceSubject | Contents

/** An issue code. */
export interface CodeSubject extends CodeExplanation {
  readonly type: 'code'
  readonly code: IssueCode
}

/** A kind, with all of its fields. */
export interface KindSubject {
  readonly type: 'kind'
  readonly kind: string
  readonly doc: string
  /** The first version of Prefect with this kind, if not all supported ones have it. */
  readonly since?: string
  /** The key, refs, and fields of the spec, in the order of a document. */
  readonly fields: readonly FieldExplanation[]
  /** Of a document of this kind. */
  readonly jsonSchema: JsonObject
}

/** A field of a kind. */
export interface FieldSubject extends FieldExplanation {
  readonly type: 'field'
  readonly kind: string
  readonly jsonSchema: JsonObject
}

export interface FieldExplanation {
  /** Where it is in a document, such as `spec.schedules`. */
  readonly path: string
  /** The type of its value in words, such as `list of texts`. */
  readonly valueType: string
  readonly doc: string
  readonly required: boolean
  /** The value of an omitted field, if the server has one for it. */
  readonly default?: Json
  /** The first version of Prefect with this field, if not all supported ones have it. */
  readonly since?: string
  /** It switches work on or off. */
  readonly operational?: true
  /** Why the server cannot change it in place. */
  readonly fixed?: string
  /** It is freeform JSON, in which IDs are written as tokens. */
  readonly freeform?: true
  /** The kinds that a ref may refer to. */
  readonly kinds?: readonly string[]
  /** What Prefect demands of the value in addition. */
  readonly rules: readonly RuleExplanation[]
}

export interface RuleExplanation {
  readonly name: string
  readonly doc: string
  /** The place of the rule in Prefect: a file and a name in it. */
  readonly source: string
  /** The version of Prefect in which `source` was read. */
  readonly sourceVersion: string
  /** The first version of Prefect with this rule, if not all supported ones have it. */
  readonly since?: string
}

/** A resource of a snapshot, with its edges. */
export interface ResourceSubject {
  readonly type: 'resource'
  readonly ref: Ref
  /** Its document; for an external resource, a document that is not used. */
  readonly place?: Pick<Place, 'file' | 'line'>
  /** The globs under `external:` that match it; absent unless it is external. */
  readonly external?: readonly string[]
  readonly refersTo: readonly Neighbor[]
  readonly referredToBy: readonly Neighbor[]
}

/** The resource on the other side of an edge. */
export interface Neighbor {
  readonly ref: Ref
  /** The place of the reference in the document that has it. */
  readonly pointer: Pointer
  readonly via: 'field' | 'token' | 'name'
  /** Whether it exists only on the destination. */
  readonly external: boolean
}

/** All kinds and codes. */
export interface Contents {
  readonly type: 'contents'
  readonly kinds: readonly { readonly kind: string; readonly doc: string }[]
  readonly codes: readonly { readonly code: IssueCode; readonly meaning: string }[]
}
