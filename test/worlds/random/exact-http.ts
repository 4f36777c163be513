import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'lossless-json'
import { isRow, parseExact, type Row, type Value } from '../world-json.ts'

/** Requests with exact numbers, without code of the tool. A refusal is an answer; it does not throw. */
export interface ExactHttp {
  /** The answer; undefined if the server refused the request. */
  send(method: string, path: string, body?: Value): Promise<Row | undefined>
  readonly counts: { accepted: number; refused: number }
  /** What the server said to the last refused request. */
  refusal(): string
}

export function exactHttp(url: string): ExactHttp {
  const counts = { accepted: 0, refused: 0 }
  let last = ''
  return {
    counts,
    refusal: () => last,
    async send(method, path, body) {
      const text = body === undefined ? undefined : stringify(body)
      const { status, answer } = await answerOf(method, url + path, text)
      if (status >= 400) {
        counts.refused += 1
        last = `${method} ${path}: ${status} ${answer.slice(0, 300)}`
        return undefined
      }
      counts.accepted += 1
      const value = answer === '' ? {} : parseExact(answer)
      return isRow(value) ? value : { value }
    },
  }
}

/** Retries while the database is locked, when the server answers 503 and drops the connection. */
async function answerOf(
  method: string,
  url: string,
  body: string | undefined,
): Promise<{ status: number; answer: string }> {
  for (let attempt = 0; ; attempt += 1) {
    const init = body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }
    const response = await fetch(url, { method, signal: AbortSignal.timeout(60_000), ...init }).catch(() => undefined)
    const answer = await response?.text().catch(() => undefined)
    if (response !== undefined && answer !== undefined && response.status !== 503)
      return { status: response.status, answer }
    // A request that no server survives, such as one with very deep values, is a refused one.
    if (attempt === (response === undefined ? 3 : 30)) return { status: response?.status ?? 599, answer: 'no answer' }
    await sleep(50)
  }
}
