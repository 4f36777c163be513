import type { JsonObject } from '../json.ts'

/** What a kind needs of the answers to one request. Fields that it does not name are allowed. */
export interface Answer {
  /** Methods and path, such as `PATCH|DELETE /variables/*`; `*` is one segment. */
  readonly to: string
  /** JSON Schema (2020-12) of the body; no body is null. */
  readonly schema: JsonObject
  /** Whether the body is an object of the kind, or a list of such, whose unknown fields are counted. */
  readonly ofKind?: true
  /** Whether the request creates objects of the kind, with a path that no GET has. */
  readonly creates?: true
}
