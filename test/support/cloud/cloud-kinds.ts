import { randomUUID } from 'node:crypto'
import { type Answer, type Fields, fieldsOf, jsonAnswer, type Middleware, parseBody, refusal } from './cloud-wire.ts'

/** Rows of a kind that a server does not have, newest last. */
interface Table {
  readonly rows: Map<string, Fields>
  make(fields: Fields): Fields
}

/** Webhooks and SLAs, which only Cloud has [doc]; kept in memory, with the routes that clients use [doc, client]. */
export function cloudKinds(accountId: string, workspaceId: string): Middleware {
  const webhooks = table(() => ({
    description: '',
    enabled: true,
    template: '',
    slug: randomUUID().replaceAll('-', '').slice(0, 22),
    service_account_id: null,
    account_id: accountId,
    workspace_id: workspaceId,
  }))
  const slas = table(() => ({ enabled: true, severity: 'moderate' }))
  return async (request, next) => {
    const { method, path } = request
    const [, kind, rest = ''] = /^\/(webhooks|slas)(?:\/(.*?))?\/?$/.exec(path) ?? []
    if (!kind) return next(request)
    const body = fieldsOf(request)
    if (kind === 'slas') {
      const [, resource] = /^apply-resource-slas\/(.+)$/.exec(rest) ?? []
      if (method === 'POST' && resource)
        return applySlas(slas, decodeURIComponent(resource), parseBody(request.body) as readonly Fields[])
      const [, owner] = /^by-owner\/(.+)$/.exec(rest) ?? []
      if (owner) return jsonAnswer(200, ownedBy(slas, decodeURIComponent(owner)))
    }
    return crud(kind === 'slas' ? slas : webhooks, method, rest, body)
  }
}

function table(defaults: () => Fields): Table {
  return {
    rows: new Map(),
    make: (fields) => {
      const now = new Date().toISOString()
      return { ...defaults(), ...fields, id: randomUUID(), created: now, updated: now }
    },
  }
}

const pageSize = 200

function crud({ rows, make }: Table, method: string, rest: string, body: Fields): Answer {
  if (method === 'POST' && rest === '') {
    if (typeof body.name !== 'string') return refusal(422, 'name: Field required')
    const row = make(body)
    rows.set(String(row.id), row)
    return jsonAnswer(201, row)
  }
  if (method === 'POST' && rest === 'filter') {
    const offset = Number(body.offset ?? 0)
    return jsonAnswer(200, [...rows.values()].slice(offset, offset + Number(body.limit ?? pageSize)))
  }
  if (method === 'POST' && rest === 'count') return jsonAnswer(200, rows.size)
  const row = rows.get(rest)
  if (!row) return refusal(404, 'Not Found')
  if (method === 'GET') return jsonAnswer(200, row)
  if (method === 'DELETE') rows.delete(rest)
  else if (method === 'PUT' || method === 'PATCH')
    rows.set(rest, { ...row, ...body, id: row.id, updated: new Date().toISOString() })
  else return refusal(405, 'Method Not Allowed')
  return jsonAnswer(204, null)
}

function ownedBy({ rows }: Table, owner: string): Fields[] {
  return [...rows.values()].filter((row) => row.owner_resource === owner)
}

/** Replaces all SLAs of a resource by name [client]. */
function applySlas(slas: Table, owner: string, wanted: readonly Fields[]): Answer {
  const before = ownedBy(slas, owner)
  const names = new Set(wanted.map(({ name }) => name))
  const [created, updated]: [Fields[], Fields[]] = [[], []]
  for (const fields of wanted) {
    const old = before.find(({ name }) => name === fields.name)
    const row: Fields = old ? { ...old, ...fields } : slas.make({ ...fields, owner_resource: owner })
    slas.rows.set(String(row.id), row)
    ;(old ? updated : created).push(row)
  }
  const deleted = before.filter(({ name }) => !names.has(name))
  for (const { id } of deleted) slas.rows.delete(String(id))
  return jsonAnswer(200, { created, updated, deleted })
}
