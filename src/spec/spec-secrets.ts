import { byCodePoint, isItem, type Json, type JsonObject, type Pointer, valueAt, withValue } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Placeholder, Resource, SecretValues } from '../model.ts'
import { Secret } from '../secret.ts'
import { canonicalSpec } from '../spec.ts'
import { cut, mayHaveToken, tokensToIds } from '../token.ts'

/**
 * Moves the values at these pointers from the spec to the secrets. A server's resource does not know which values a
 * snapshot treats as secrets; this makes the two comparable. In lists, null replaces the value, so that the other items
 * keep their indexes.
 */
export function withSecretsAt<T extends Resource>(kind: Kind, resource: T, pointers: Iterable<Pointer>): T {
  let spec: Json = resource.spec
  const found: [Pointer, Placeholder][] = []
  for (const pointer of pointers) {
    const value = resource.secrets[pointer] ? undefined : valueAt(spec, pointer)
    if (value === undefined) continue
    found.push([pointer, secretOf(value)])
    spec = withValue(spec, pointer, isItem(spec, pointer) ? null : undefined)
  }
  if (found.length === 0) return resource
  const secrets = [...Object.entries(resource.secrets), ...found].sort(([a], [b]) => byCodePoint(a, b))
  return { ...resource, spec: canonicalSpec(kind, spec as JsonObject), secrets: Object.fromEntries(secrets) }
}

/**
 * Moves guessed secrets back to the spec if another resource has the same value there in plain text: its author decided
 * that the value is not a secret. A guess with another value remains a secret.
 */
export function withoutRefutedGuesses(kind: Kind, resource: LiveResource, other: Resource): LiveResource {
  const refuted = (resource.guessedSecrets ?? []).filter((pointer) => {
    const [secret, value] = [resource.secrets[pointer], valueAt(other.spec, pointer)]
    return value !== undefined && secret !== undefined && 'plain' in secret && secret.plain.equals(new Secret(value))
  })
  if (refuted.length === 0) return resource
  let spec: Json = resource.spec
  for (const pointer of refuted) spec = withValue(spec, pointer, valueAt(other.spec, pointer))
  const secrets = Object.entries(resource.secrets).filter(([pointer]) => !refuted.includes(pointer))
  return { ...resource, spec: canonicalSpec(kind, spec as JsonObject), secrets: Object.fromEntries(secrets) }
}

/** Wraps a spec value as a secret. A value that refers to another resource is masked, because it cannot be compared. */
function secretOf(value: Json): Placeholder {
  const text = JSON.stringify(value)
  if (!mayHaveToken(text)) return { plain: new Secret(value) }
  if (cut(text).pieces.some((piece) => 'ref' in piece)) return { masked: true }
  return {
    plain: new Secret(
      tokensToIds(value, () => {
        throw new Error('unexpected token')
      }),
    ),
  }
}

/** Fills in the secrets whose values are known, in the form in which the server would return them. */
export function withKnownSecrets(
  kind: Kind,
  resource: Resource,
  { secretFor }: Pick<SecretValues, 'secretFor'>,
): Resource {
  const placeholders = Object.entries(resource.secrets)
  if (placeholders.length === 0) return resource
  const secrets = placeholders.flatMap(([pointer, placeholder]): [Pointer, Placeholder][] => {
    const value = secretFor(placeholder)
    if (!value) return [[pointer, placeholder]]
    const full = canonicalSpec(kind, withValue(resource.spec, pointer, value.reveal()) as JsonObject)
    const normal = valueAt(full, pointer)
    // A value that equals the field's default is omitted, as it is in the server's resource.
    return normal === undefined ? [] : [[pointer, { plain: new Secret(normal) }]]
  })
  return { ...resource, secrets: Object.fromEntries(secrets) }
}
