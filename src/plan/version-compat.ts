import type { Issue } from '../issue.ts'
import { type JsonObject, valueAt, withValue } from '../json.ts'
import type { Incompatibility, Kind } from '../kind.ts'
import type { LiveResource, Resource, Server, Unsupported } from '../model.ts'
import { refOf } from '../ref.ts'
import { canonicalSpec } from '../spec.ts'
import { atLeast } from '../version.ts'

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
  if (!atLeast(server.version, kind.since)) {
    const reason = `Prefect has ${kind.name} from ${kind.since} on, and the server has ${server.version}`
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
    resource: incompatibilities.reduce(
      (current, { pointer = '' }) => without(kind, current, pointer, before),
      resource,
    ),
    issues,
  }
}

function bySince(kind: Kind, { spec, refs }: Resource, { version }: Server): Incompatibility[] {
  const out: Incompatibility[] = []
  for (const [name, { since }] of Object.entries(kind.fields)) {
    if (spec[name] !== undefined && !atLeast(version, since))
      out.push({ pointer: `/spec/${name}`, drops: 'field', reason: `Prefect has it from ${since} on` })
  }
  for (const [name, { since }] of Object.entries(kind.refFields)) {
    if (refs[name] !== undefined && !atLeast(version, since))
      out.push({ pointer: `/refs/${name}`, drops: 'field', reason: `Prefect has it from ${since} on` })
  }
  return out
}

/** Restores the server's value at a pointer, or removes the field if the server has none. */
function without(kind: Kind, resource: Resource, pointer: string, before: LiveResource | undefined): Resource {
  const [, part = '', name = '', ...rest] = pointer.split('/')
  if (part === 'refs') {
    const { [name]: _, ...refs } = resource.refs
    const serverRef = before?.refs[name]
    return { ...resource, refs: serverRef ? { ...refs, [name]: serverRef } : refs }
  }
  const inSpec = `/${[name, ...rest].join('/')}`
  return {
    ...resource,
    spec: canonicalSpec(kind, withValue(resource.spec, inSpec, valueAt(before?.spec, inSpec)) as JsonObject),
  }
}
