import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Resource } from '../model.ts'
import { placed } from '../operations/make-plan.ts'
import { type SecretFlags, secretValuesFor } from '../operations/secret-sources.ts'
import { plural } from '../plain-text.ts'
import { missingSecretIssue } from '../plan/guard.ts'
import { readPolicy } from '../project/policy-file.ts'
import { refOf } from '../ref.ts'
import { type Encrypt, encryptFor } from '../secrets/age.ts'
import { sealedValue } from '../secrets/encrypt-secrets.ts'
import { type Existing, readPresent, update } from '../store/update-in-place.ts'
import type { ExitStatus, Io } from './io.ts'

/** Encrypts the secrets of a snapshot for other recipients, in place; everything else of its text stays as it is. */
export async function rekey(
  flags: Pick<SecretFlags, 'identity'> & { readonly snapshot: string; readonly recipient?: readonly string[] },
  kinds: readonly Kind[],
  io: Io,
): Promise<ExitStatus> {
  const recipients = flags.recipient ?? readPolicy(flags.snapshot, io.cwd).recipients
  const encrypt = await encryptFor(recipients)
  const existing = await readPresent(flags.snapshot, kinds, io)
  const { resources, count } = await encryptedAnew(existing, flags, encrypt, io)
  const { source } = existing.read.snapshot
  await update(existing, { resources, remove: new Set(), source }, kinds)
  const whom = plural(new Set(recipients).size, 'recipient')
  if (!io.quiet)
    io.err(
      count === 0
        ? `${flags.snapshot} holds nothing encrypted, and stays as it is\n`
        : `Rekeyed ${flags.snapshot}: ${plural(count, 'secret')} for ${whom}\n`,
    )
  return 'ok'
}

/** The resources that hold ciphertext, with another one. Throws `Failure` with every value that cannot be opened. */
async function encryptedAnew(
  { read, path }: Existing,
  flags: SecretFlags,
  encrypt: Encrypt,
  io: Io,
): Promise<{ readonly resources: readonly Resource[]; readonly count: number }> {
  const held = read.snapshot.resources.filter(({ secrets }) =>
    Object.values(secrets).some((placeholder) => 'age' in placeholder),
  )
  const only = held.map((resource) => ({
    ...resource,
    secrets: Object.fromEntries(Object.entries(resource.secrets).filter(([, placeholder]) => 'age' in placeholder)),
  }))
  const secretValues = await secretValuesFor(only, { ...flags, snapshot: path }, io)
  const issues: Issue[] = []
  let count = 0
  const resources: Resource[] = []
  for (const [index, { secrets }] of only.entries()) {
    const resource = held[index] as Resource
    const next: Record<string, Resource['secrets'][string]> = { ...resource.secrets }
    for (const [pointer, placeholder] of Object.entries(secrets)) {
      const [value, lack] = [secretValues.secretFor(placeholder), secretValues.missingReason(placeholder)]
      const ref = refOf(resource)
      if (lack) issues.push(placed(missingSecretIssue(lack, ref, pointer, `cannot be rekeyed at ${pointer}:`), read))
      if (!value) continue
      next[pointer] = await sealedValue(value.reveal(), encrypt)
      count++
    }
    resources.push({ ...resource, secrets: next })
  }
  if (issues.length > 0) throw new Failure(issues)
  return { resources, count }
}
