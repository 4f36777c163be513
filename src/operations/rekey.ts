import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Resource } from '../model.ts'
import { missingSecretIssue } from '../plan/guard.ts'
import { readPolicy } from '../project/policy-file.ts'
import { refOf } from '../ref.ts'
import { type Encrypt, encryptFor } from '../secrets/age.ts'
import { sealedValue } from '../secrets/encrypt-secrets.ts'
import { type Existing, readPresent, update } from '../store/update-in-place.ts'
import { placed } from './make-plan.ts'
import { type SecretRequest, secretValuesFor } from './secret-sources.ts'

export interface RekeyRequest extends Pick<SecretRequest, 'identity'> {
  /** A file or a directory. */
  readonly snapshot: string
  /** Public keys of age; by default those of the policy file. */
  readonly recipient?: readonly string[]
}

/** Encrypts the secrets of a snapshot for other recipients, in place. The rest of its text is unchanged. Returns both counts. */
export async function rekey(
  request: RekeyRequest,
  context: Context,
): Promise<{ readonly secrets: number; readonly recipients: number }> {
  const { kinds } = context
  const recipients = request.recipient ?? readPolicy(request.snapshot, context).recipients
  const encrypt = await encryptFor(recipients)
  const existing = await readPresent(request.snapshot, kinds, context)
  const { resources, count } = await encryptAgain(existing, request, encrypt, context)
  const { source } = existing.read.snapshot
  await update(existing, { resources, remove: new Set(), source }, kinds)
  return { secrets: count, recipients: new Set(recipients).size }
}

/** Encrypts all ciphertext again. Returns the changed resources. Throws `Failure` with every value that cannot be decrypted. */
async function encryptAgain({ read, path }: Existing, request: RekeyRequest, encrypt: Encrypt, context: Context) {
  const isEncrypted = ([, source]: readonly [string, Resource['secrets'][string]]) => 'age' in source
  const affected = read.snapshot.resources.filter(({ secrets }) => Object.entries(secrets).some(isEncrypted))
  const encrypted = affected.map((resource) => ({
    ...resource,
    secrets: Object.fromEntries(Object.entries(resource.secrets).filter(isEncrypted)),
  }))
  const values = await secretValuesFor(encrypted, { ...request, snapshot: path }, context)
  const issues: Issue[] = []
  let count = 0
  const resources: Resource[] = []
  for (const [index, { secrets }] of encrypted.entries()) {
    const resource = affected[index] as Resource
    const next: Record<string, Resource['secrets'][string]> = { ...resource.secrets }
    for (const [pointer, source] of Object.entries(secrets)) {
      const [value, missing] = [values.secretFor(source), values.missingReason(source)]
      const title = `cannot be rekeyed at ${pointer}:`
      if (missing) issues.push(placed(missingSecretIssue(missing, refOf(resource), pointer, title), read))
      if (!value) continue
      next[pointer] = await sealedValue(value.reveal(), encrypt)
      count++
    }
    resources.push({ ...resource, secrets: next })
  }
  if (issues.length > 0) throw new Failure(issues)
  return { resources, count }
}
