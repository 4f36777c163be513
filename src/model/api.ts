import type { Json, JsonObject } from '../json.ts'

/** Sends requests that change nothing. Answers 2xx with the parsed body; everything else is thrown as `ApiError`. */
export interface Reader {
  readonly url: string
  get(path: string): Promise<Json>
  /** A POST that only reads, such as `/flows/filter`. */
  query(path: string, body: JsonObject): Promise<Json>
  /**
   * Does the requests of `work` as one read, which ends with a `Failure` at a time and a size of its own; `path` names it
   * there. Absent where nothing can be endless.
   */
  oneRead?<T>(path: string, work: (reader: Reader) => Promise<T>): Promise<T>
  /** Whether most of a small request's time is spent on the way, so that many requests in flight are worth it. */
  isFar?(): boolean
}

/** Checks the answers to requests by the shapes that kinds need. */
export interface AnswerCheck {
  /** Whether the answers to a request have a known shape. */
  knows(method: string, path: string): boolean
  /** What is wrong with a successful answer, as the end of the sentence "the answer …"; undefined if nothing is. */
  fault(method: string, path: string, body: Json): string | undefined
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
