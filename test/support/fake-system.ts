import { setImmediate } from 'node:timers/promises'
import { isObject, type Json, type JsonObject } from '../../src/json.ts'
import type { Api, Id, Reply } from '../../src/model.ts'

/** A write request that the fake system received. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly body: Json | undefined
}

/** How a fake system fails a request: before it is carried out, or after (unknown outcome). */
export type Trouble = (sent: Sent) => 'before' | 'after' | undefined

/** The error of a request whose outcome is unknown. */
export class Ambiguous extends Error {}

/** A server in memory: objects of toy kinds by ID, at `/a/`, `/a/filter` and `/a/ID`. Counts requests in flight. */
export class FakeSystem implements Api {
  readonly url: string
  readonly objects = new Map<string, JsonObject>()
  readonly sent: Sent[] = []
  readonly reads: string[] = []
  /** The maximum number of writes in flight. */
  most = 0
  trouble: Trouble = () => undefined
  #inFlight = 0
  #made = 0

  constructor(name = 'one') {
    this.url = `http://${name}.test/api`
  }

  async get(path: string): Promise<Json> {
    this.reads.push(path)
    return this.objects.get(path.split('/')[2] ?? '') ?? null
  }

  async query(path: string, body: JsonObject): Promise<Json> {
    this.reads.push(path)
    const [, kind] = path.split('/')
    const names = Array.isArray(body.names) ? new Set(body.names) : undefined
    return [...this.objects.values()].filter(
      (object) => object.of === kind && (!names || names.has(object.name as string)),
    )
  }

  async send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: Json): Promise<Reply> {
    const sent = { method, path, body }
    this.sent.push(sent)
    this.most = Math.max(this.most, ++this.#inFlight)
    try {
      for (let turn = 0; turn < 3; turn++) await setImmediate()
      const trouble = this.trouble(sent)
      if (trouble === 'before') throw new Error(`refused: ${method} ${path}`)
      const reply = this.#carryOut(method, path, isObject(body) ? body : {})
      if (trouble === 'after') throw new Ambiguous(`no answer: ${method} ${path}`)
      return { status: 200, body: reply }
    } finally {
      this.#inFlight--
    }
  }

  /** Adds an existing object. */
  put(of: string, name: string, fields: JsonObject = {}): Id {
    return String(this.#carryOut('POST', `/${of}/`, { name, ...fields }).id) as Id
  }

  #carryOut(method: string, path: string, body: JsonObject): JsonObject {
    const [, of = '', id = ''] = path.split('/')
    if (method === 'DELETE') this.objects.delete(id)
    if (method === 'PATCH') this.objects.set(id, { ...(this.objects.get(id) ?? {}), ...body })
    if (method !== 'POST') return {}
    const taken = [...this.objects.values()].some((object) => object.of === of && object.name === body.name)
    if (taken) throw new Error(`conflict: ${of} ${String(body.name)}`)
    const made = { id: `5eed0000-0000-4000-8000-${String(++this.#made).padStart(12, '0')}`, of, ...body }
    this.objects.set(made.id, made)
    return made
  }
}
