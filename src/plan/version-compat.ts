import type { Issue } from '../issue.ts'
import { type JsonObject, valueAt, withValue } from '../json.ts'
import type { Incompatibility, Kind } from '../kind.ts'
import type { LiveResource, Resource, Server, Unsupported } from '../model.ts'
import { refOf } from '../ref.ts'
import { canonicalSpec } from '../spec.ts'
import { isCloud, supports, whyMissing } from '../version.ts'

/**
 * Removes the fields that the server's version does not have, with a warning for each of them. `unsupported` if the
 * server cannot have the resource at all.
 */
export function adaptToVersion(
  kind: Kind,
  resource: Resource,
  server: Server,
  before: LiveResource | undefined,
): { readonly resource: Resource; readonly issues: readonly Issue[]; readonly unsupported?: Unsupported } {
  const ref = refOf(resource)
  if (!supports(server.version, kind)) {
    const reason = isCloud(server.version)
      ? `Prefect Cloud does not have ${kind.name}; only self-hosted servers do`
      : kind.only === 'cloud'
        ? `only Prefect Cloud has ${kind.name}`
        : `Prefect has ${kind.name} from ${kind.since} on, and the server has ${server.version}`
    return { resource, issues: [], unsupported: { ref, reason } }
  }
  const incompatibilities = [
    ...bySince(kind, resource, server),
    ...(kind.incompatibilities?.(resource, server, before) ?? []),
  ]
  const blocking = incompatibilities.find(({ drops }) => drops === 'resource')
  if (blocking)
    return {
      resource,
      issues: [],
      unsupported: { ref, ...(blocking.pointer ? { pointer: blocking.pointer } : {}), reason: blocking.reason },
    }
  const issues = incompatibilities.map(
    ({ pointer = '', reason }): Issue => ({
      code: 'downgraded',
      severity: 'warning',
      message: `${ref} ${pointer} stays unchanged: ${reason}.`,
      ref,
      pointer,
    }),
  )
  return {
    resource: issues.length === 0 ? resource : withoutFields(kind, resource, incompatibilities, before),
    issues,
  }
}

function bySince(kind: Kind, { spec, refs }: Resource, { version }: Server): Incompatibility[] {
  const among = (part: string, fields: Kind['fields'] | Kind['refFields'], values: Readonly<Record<string, unknown>>) =>
    Object.entries(fields).flatMap(([name, field]): Incompatibility[] => {
      if (values[name] === undefined || supports(version, field)) return []
      return [{ pointer: `/${part}/${name}`, ...whyMissing(field) }]
    })
  return [...among('spec', kind.fields, spec), ...among('refs', kind.refFields, refs)]
}

/** The canonical form without the fields. Lists keep their order until all are removed, because pointers count their items. */
function withoutFields(
  kind: Kind,
  resource: Resource,
  fields: readonly Incompatibility[],
  before: LiveResource | undefined,
): Resource {
  const left = fields.reduce((current, { pointer = '' }) => without(current, pointer, before), resource)
  return { ...left, spec: canonicalSpec(kind, left.spec) }
}

/** Restores the server's value at a pointer, or removes the field if the server has none. */
function without(resource: Resource, pointer: string, before: LiveResource | undefined): Resource {
  const [, part = '', name = '', ...rest] = pointer.split('/')
  if (part === 'refs') {
    const { [name]: _, ...refs } = resource.refs
    const serverRef = before?.refs[name]
    return { ...resource, refs: serverRef ? { ...refs, [name]: serverRef } : refs }
  }
  const inSpec = `/${[name, ...rest].join('/')}`
  return { ...resource, spec: withValue(resource.spec, inSpec, valueAt(before?.spec, inSpec)) as JsonObject }
}
