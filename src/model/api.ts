import type { Json, JsonObject } from '../json.ts'

/** Sends requests that change nothing. Answers 2xx with the parsed body; everything else is thrown as `ApiError`. */
export interface Reader {
  readonly url: string
  get(path: string): Promise<Json>
  /** A POST that only reads, such as `/flows/filter`. */
  query(path: string, body: JsonObject): Promise<Json>
}

/** Sends requests that change data. */
export interface Api extends Reader {
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: Json): Promise<Reply>
}
export interface Reply {
  readonly status: number
  /** `null` if the response has no body. */
  readonly body: Json
}
