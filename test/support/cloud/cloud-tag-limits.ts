import { randomUUID } from 'node:crypto'
import { type Fields, fieldsOf, jsonAnswer, type Middleware, refusal } from './cloud-wire.ts'

/**
 * Tag limits as rows of their own, as servers before 3.4.19 keep them. Newer servers keep them as global limits named
 * `tag:…`; which one Cloud does is unknown, so both are tried.
 */
export function tagLimitRows(): Middleware {
  const rows = new Map<string, Fields>()
  return async (request, next) => {
    const { method, path } = request
    const [, rest] = /^\/concurrency_limits(?:\/(.*?))?\/?$/.exec(path) ?? []
    if (!path.startsWith('/concurrency_limits')) return next(request)
    const [, tag] = /^tag\/(.+)$/.exec(rest ?? '') ?? []
    const body = fieldsOf(request)
    if (method === 'POST' && !rest) {
      const old = rows.get(String(body.tag))
      const now = new Date().toISOString()
      const row = { active_slots: [], created: now, ...old, ...body, id: old?.id ?? randomUUID(), updated: now }
      rows.set(String(body.tag), row)
      return jsonAnswer(old ? 200 : 201, row)
    }
    if (method === 'POST' && rest === 'filter') {
      const offset = Number(body.offset ?? 0)
      return jsonAnswer(200, [...rows.values()].slice(offset, offset + Number(body.limit ?? 200)))
    }
    const row = tag ? rows.get(decodeURIComponent(tag)) : [...rows.values()].find(({ id }) => id === rest)
    if (!row) return refusal(404, 'Concurrency limit not found')
    if (method === 'GET') return jsonAnswer(200, row)
    if (method !== 'DELETE') return refusal(405, 'Method Not Allowed')
    rows.delete(String(row.tag))
    return jsonAnswer(200, null)
  }
}
