import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { LiveResource, Resource } from '../model.ts'
import type { Policy } from '../project/policy-file.ts'
import { refOf } from '../ref.ts'
import type { Encrypt } from '../secrets/age.ts'
import { encryptSecrets } from '../secrets/encrypt-secrets.ts'
import { withoutMasked, withPlaceholders, withSecretsLike } from '../secrets/placeholders.ts'
import { patternsOf } from '../secrets/secret-path.ts'
import type { SecretScanner } from '../secrets/secret-scan.ts'
import { warn } from './connect.ts'
import { withSecretPatterns } from './declared-secrets.ts'
import { type SecretRequest, secretValuesFor } from './secret-sources.ts'

export interface ExportSecretRequest extends SecretRequest {
  readonly output: string
  readonly secrets: 'placeholders' | 'age' | 'plain'
  readonly recipient?: readonly string[]
  /** `GLOB#POINTER`: additional values that are secrets. */
  readonly secretPath?: readonly string[]
  readonly strictSecrets?: boolean
  readonly update?: boolean
  readonly check?: boolean
}

/** Prepares the secrets of an export. */
export interface ExportSecrets {
  /** Marks the values that the request and the policy declare as secrets. */
  found(resources: readonly LiveResource[]): readonly LiveResource[]
  /** Replaces secrets by their form in the output: placeholders, ciphertext, or clear text. */
  written(resources: readonly LiveResource[]): Promise<readonly Resource[]>
}

/**
 * Reads the secret settings of the request and the policy. Throws `Failure` for errors in them, before a server is read.
 * `updated` are the resources of the snapshot to update; without them, only ciphertext of an existing snapshot is reused.
 */
export async function openExportSecrets(
  request: ExportSecretRequest,
  policy: Policy,
  context: Context,
  updated?: readonly Resource[],
): Promise<ExportSecrets> {
  const { kinds } = context
  const patterns = [...patternsOf(request.secretPath ?? []), ...patternsOf(policy.secretPaths, true)]
  if (request.recipient && request.secrets !== 'age') throw recipientWithoutAge()
  const encrypt =
    request.secrets === 'age'
      ? await (await import('../secrets/age.ts')).encryptFor(request.recipient ?? policy.recipients)
      : undefined
  const existing =
    updated ??
    (encrypt ? await (await import('../store/update-in-place.ts')).resourcesAt(request.output, kinds, context) : [])
  return {
    found: (resources) => withSecretPatterns(withSecretsLike(resources, existing, kinds), patterns, kinds),
    written: async (resources) => {
      if (request.secrets !== 'placeholders') warn(context, hiddenSecrets(resources))
      if (request.secrets === 'plain') return withoutMasked(resources, kinds)
      const placeholders = withPlaceholders(resources, kinds)
      return encrypt ? encryptAll(resources, placeholders, existing, { encrypt, request }, context) : placeholders
    },
  }
}

function recipientWithoutAge(): Failure {
  return new Failure([
    {
      code: 'usage',
      severity: 'error',
      message: '--recipient names who can decrypt the secrets, but the secrets are not encrypted.',
      fix: 'Add --secrets age.',
    },
  ])
}

/** A warning about secrets that the server masks, so that their values are not in the export. */
function hiddenSecrets(resources: readonly LiveResource[]): Issue[] {
  const hidden = resources.filter(({ secrets }) => Object.values(secrets).some((source) => 'masked' in source))
  if (hidden.length === 0) return []
  const more = hidden.length > mostNamed ? ` and ${hidden.length - mostNamed} more` : ''
  const names = `${hidden.slice(0, mostNamed).map(refOf).join(', ')}${more}`
  return [
    {
      code: 'missing-secret',
      severity: 'warning',
      message: `The server does not show the secrets of ${names}: placeholders stand for them, and their values are not exported.`,
      fix: 'Use a key that may see the secrets of blocks, which is a scope of its own in Prefect Cloud, or set the placeholders where the snapshot is applied.',
    },
  ]
}

/** The most names in one message. */
const mostNamed = 10

/** Encrypts all secrets. Those whose value is the same in the existing snapshot keep their ciphertext. */
async function encryptAll(
  resources: readonly LiveResource[],
  placeholders: readonly Resource[],
  existing: readonly Resource[],
  { encrypt, request }: { readonly encrypt: Encrypt; readonly request: ExportSecretRequest },
  context: Context,
): Promise<readonly Resource[]> {
  const before = new Map(existing.map((resource) => [refOf(resource), resource.secrets]))
  const encrypted = existing.map((resource) => ({ ...resource, secrets: onlyAge(resource.secrets) }))
  const secretValues = await secretValuesFor(encrypted, { ...request, snapshot: request.output }, context)
  const unopened = request.update || request.check ? 'keep' : 'renew'
  const unreadable = encrypted
    .flatMap(({ secrets }) => Object.values(secrets))
    .filter((placeholder) => !secretValues.secretFor(placeholder))
  warn(context, unreadable.length > 0 ? [notDecrypted(unreadable.length, unopened)] : [])
  return Promise.all(
    resources.map(async (resource, index) => {
      const exported = placeholders[index] ?? resource
      const values = Object.entries(resource.secrets).map(
        ([pointer, placeholder]) =>
          [pointer, 'plain' in placeholder ? placeholder : (exported.secrets[pointer] ?? placeholder)] as const,
      )
      const previous = before.get(refOf(resource)) ?? {}
      return {
        ...exported,
        secrets: await encryptSecrets(Object.fromEntries(values), previous, secretValues, encrypt, unopened),
      }
    }),
  )
}

function onlyAge(secrets: Resource['secrets']): Resource['secrets'] {
  return Object.fromEntries(Object.entries(secrets).filter(([, placeholder]) => 'age' in placeholder))
}

function notDecrypted(count: number, handling: 'keep' | 'renew'): Issue {
  const what = count === 1 ? 'One encrypted value' : `${count} encrypted values`
  return {
    code: 'missing-secret',
    severity: 'warning',
    message: `${what} of the snapshot cannot be decrypted. ${handling === 'keep' ? 'The ciphertext is kept, and changes of the values are not detected' : 'All values are encrypted again'}.`,
    fix: 'Pass --identity FILE to encrypt only changed values.',
  }
}

/**
 * Warns about values outside of secret fields that look like secrets. With `strictSecrets` they, and the declared secrets in
 * `issues` that the data does not contain, are errors: throws a `Failure`, and nothing is written.
 */
export async function warnPossibleSecrets(
  scanner: SecretScanner,
  resources: readonly Resource[],
  { strictSecrets }: Pick<ExportSecretRequest, 'strictSecrets'>,
  context: Context,
  issues: readonly Issue[] = [],
): Promise<void> {
  const refs = new Set(resources.map(refOf))
  const unmatched = issues.filter(({ code, ref }) => code === 'unmatched-secret' && ref !== undefined && refs.has(ref))
  const found = [...unmatched, ...(await scanner.found(resources))]
  if (strictSecrets && found.length > 0)
    throw new Failure(found.map((issue) => ({ ...issue, severity: 'error' as const })))
  warn(context, found)
}
