import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** A minimal HTTP client: the lower bound of the time that a server needs. */
export interface Bare {
  send(method: string, path: string, body?: unknown): Promise<unknown>
  /** The number of retries after a 503 or a lost connection. */
  refused(): number
  close(): void
}

/** Keep-alive connections of Node's HTTP client to an API such as `http://127.0.0.1:4200/api`. */
export function bareClient(url: string, connections = 1): Bare {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  let refused = 0
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    for (let lost = false; ; ) {
      const answer = await once(agent, method, url + path, body)
      if (answer.status > 0 && answer.status < 300) return answer.text === '' ? undefined : JSON.parse(answer.text)
      // The resource was created, and only the response was lost.
      if (answer.status === 409 && lost) return undefined
      if (answer.status === 0) lost = true
      if (answer.status !== 503 && answer.status !== 0)
        throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 500)}`)
      refused++
      await sleep(20)
    }
  }
  return { send, refused: () => refused, close: () => agent.destroy() }
}

function once(agent: Agent, method: string, url: string, body: unknown): Promise<{ status: number; text: string }> {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const headers = payload
    ? { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) }
    : {}
  return new Promise((resolve) => {
    const sent = request(url, { agent, method, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      answer.on('error', () => resolve({ status: 0, text: '' }))
    })
    sent.on('error', () => resolve({ status: 0, text: '' }))
    sent.end(payload)
  })
}

/** Runs `work` on every item, in order, with a fixed number in flight. */
export async function eachConcurrent<T>(
  items: readonly T[],
  connections: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: connections }, worker))
}
