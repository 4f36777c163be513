import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { differingFields } from '../spec/differences.ts'
import { implied } from './server-only.ts'

/**
 * The resources of a server in the words of a snapshot, so that they differ from it exactly where a plan would change the server:
 * a default may be written or not, and what the snapshot leaves to the server stays out. Secrets are as on the server.
 */
export function asWritten<T extends Resource>(
  resources: readonly T[],
  written: readonly Resource[],
  kinds: readonly Kind[],
): T[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const byRef = new Map(written.map((resource) => [refOf(resource), resource]))
  return resources.map((resource) => {
    const [kind, own] = [byName.get(resource.kind), byRef.get(refOf(resource))]
    if (!kind || !own) return resource
    // No apply writes it, so its differences are none.
    if (kind.immutable?.(own)) return { ...resource, refs: own.refs, spec: own.spec, secrets: own.secrets }
    const keep = own.keep ? { keep: own.keep } : {}
    const differing = differingFields(kind, resource, own)
    const part = <V>(
      name: string,
      fields: object,
      there: Readonly<Record<string, V>>,
      here: Readonly<Record<string, V>>,
    ) =>
      Object.fromEntries(
        Object.keys(fields).flatMap((field): [string, V][] => {
          const value = (differing.has(`${name}/${field}`) ? there : here)[field]
          return value === undefined ? [] : [[field, value]]
        }),
      )
    return {
      ...resource,
      ...keep,
      refs: part('refs', kind.refFields, resource.refs, own.refs),
      spec: part('spec', kind.fields, resource.spec, own.spec),
    }
  })
}

/** A server's resources without those that need no document (`implied`), unless the snapshot has them. */
export function withoutImplied<T extends Resource>(
  resources: readonly T[],
  written: readonly Resource[],
  kinds: readonly Kind[],
): T[] {
  const isImplied = implied(new Map(resources.map((resource): [Ref, T] => [refOf(resource), resource])), kinds)
  const known = new Set(written.map(refOf))
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  return resources.filter(
    (resource) => known.has(refOf(resource)) || byName.get(resource.kind)?.builtin?.(resource) || !isImplied(resource),
  )
}
