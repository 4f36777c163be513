import { type Fields, fieldsOf, type Middleware, mapRows, withBody } from './cloud-wire.ts'

/** The fields of deployments that a server does not have [doc]. */
const cloudFields = ['branch', 'base', 'root', 'version_info', 'disabled'] as const

/**
 * Keeps the fields of deployments that only Cloud has, and shows them in each answer. `enforce_parameter_schema` is false
 * where a create does not send it [doc]; a server has true. A field that a create or an update does not send keeps its value
 * [inferred].
 */
export function deploymentFields(): Middleware {
  const kept = new Map<string, Fields>()
  const show = (row: Fields): Fields => {
    const defaults = { branch: null, base: null, root: null, disabled: false }
    return 'flow_id' in row ? { ...defaults, ...row, ...kept.get(String(row.id)) } : row
  }
  return async (request, next) => {
    const { method, path } = request
    if (!path.startsWith('/deployments')) return next(request)
    const creates = method === 'POST' && /^\/deployments\/?$/.test(path)
    const [, updated] = /^\/deployments\/([^/]+)\/?$/.exec(path) ?? []
    if (!creates && !(method === 'PATCH' && updated)) {
      if (method === 'DELETE' && updated) kept.delete(updated)
      return mapRows(await next(request), show)
    }
    const body = fieldsOf(request)
    const sent = Object.fromEntries(cloudFields.flatMap((name) => (name in body ? [[name, body[name]]] : [])))
    const rest = Object.fromEntries(Object.entries(body).filter(([name]) => !(name in sent)))
    const answer = await next(withBody(request, creates ? { enforce_parameter_schema: false, ...rest } : rest))
    if (answer.status >= 300) return answer
    const id = updated ?? String(fieldsOf(answer).id)
    kept.set(id, { ...kept.get(id), ...sent })
    return mapRows(answer, show)
  }
}
