import { createHash } from 'node:crypto'
import type { Pointer } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Placeholder, Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { withSecretsAt } from '../spec/spec-secrets.ts'

/**
 * Replaces secret values by readable, unique names of environment variables. If two would have the same name, both get
 * a suffix that depends only on their own position, so that a third does not change them.
 */
export function withPlaceholders(resources: readonly Resource[], kinds: readonly Kind[]): Resource[] {
  const nameOf = placeholderNames(kinds)
  const taken = new Map<string, number>()
  for (const { kind, key, secrets } of resources) {
    for (const pointer of Object.keys(secrets)) {
      const name = nameOf(kind, key, pointer)
      taken.set(name, (taken.get(name) ?? 0) + 1)
    }
  }
  return resources.map((resource) => {
    const { kind, key } = resource
    const secrets = Object.entries(resource.secrets)
    if (secrets.length === 0) return resource
    const placeholders = secrets.map(([pointer, placeholder]): [string, Placeholder] => {
      const name = nameOf(kind, key, pointer)
      const env = isShared(name, taken) ? `${name}_${suffix(`${kind}/${key}${pointer}`)}` : name
      const text = 'plain' in placeholder ? typeof placeholder.plain.reveal() === 'string' : true
      return [pointer, { env, ...(text ? {} : { as: 'json' as const }) }]
    })
    return { ...resource, secrets: Object.fromEntries(placeholders) }
  })
}

/** The same resources; secrets that the server masks are placeholders, and the others keep their values. */
export function withoutMasked<R extends LiveResource>(resources: readonly R[], kinds: readonly Kind[]): readonly R[] {
  const isMasked = (source: Placeholder) => 'masked' in source
  const placeholders = withPlaceholders(resources, kinds)
  return resources.map((resource, index) => {
    if (!Object.values(resource.secrets).some(isMasked)) return resource
    const own = placeholders[index]?.secrets ?? {}
    const secrets = Object.entries(resource.secrets).map(
      ([pointer, source]) => [pointer, isMasked(source) ? (own[pointer] ?? source) : source] as const,
    )
    return { ...resource, secrets: Object.fromEntries(secrets) }
  })
}

/**
 * Treats the same values as secrets that resources with the same ref do: a server does not know which values are
 * secrets.
 */
export function withSecretsLike<T extends Resource>(
  resources: readonly T[],
  others: readonly Resource[],
  kinds: readonly Kind[],
): T[] {
  const pointersByRef = new Map(others.map((resource) => [refOf(resource), Object.keys(resource.secrets)]))
  return resources.map((resource) => {
    const kind = kinds.find(({ name }) => name === resource.kind)
    return kind ? withSecretsAt(kind, resource, pointersByRef.get(refOf(resource)) ?? []) : resource
  })
}

/** Takes over the secret sources of resources with the same ref. Newer ciphertext is kept. */
export function withSourcesOf(
  resources: readonly Resource[],
  others: readonly Resource[],
  kinds: readonly Kind[],
): Resource[] {
  const secretsByRef = new Map(others.map((resource) => [refOf(resource), resource.secrets]))
  return withSecretsLike(resources, others, kinds).map((resource) => {
    const own = secretsByRef.get(refOf(resource)) ?? {}
    const secrets = Object.entries(resource.secrets).map(([pointer, placeholder]) => {
      const other = own[pointer]
      return [pointer, other && !('age' in other && 'age' in placeholder) ? other : placeholder] as const
    })
    return secrets.length > 0 ? { ...resource, secrets: Object.fromEntries(secrets) } : resource
  })
}

/** Whether a name is shared, or could be confused with a shared name that got a suffix. */
function isShared(name: string, taken: ReadonlyMap<string, number>): boolean {
  if ((taken.get(name) ?? 0) > 1) return true
  return /_[0-9A-F]{6}$/.test(name) && isShared(name.slice(0, -7), taken)
}

/**
 * Returns a function that names environment variables for secrets: `SECRET_API_TOKEN_VALUE` for /data/value of
 * block/secret/api-token.
 */
export function placeholderNames(kinds: readonly Kind[]): (kind: string, key: string, pointer: Pointer) => string {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  return (kind, key, pointer) =>
    (byName.get(kind)?.secretName?.(key, pointer) ?? `${kind}/${key}${pointer}`)
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_')
      .replace(/^_+|(?<!_)_+$/g, '')
      .replace(/^(?=\d)/, '_')
}

function suffix(owner: string): string {
  return createHash('sha256').update(owner).digest('hex').slice(0, 6).toUpperCase()
}

/** Whether a snapshot has secrets in clear text, so that only its owner may read it. */
export function hasPlain({ resources }: { readonly resources: readonly Resource[] }): boolean {
  return resources.some(({ secrets }) => Object.values(secrets).some((placeholder) => 'plain' in placeholder))
}
