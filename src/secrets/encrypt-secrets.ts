import { type Json, type Pointer, writeJson } from '../json.ts'
import type { Placeholder, SecretValues } from '../model.ts'
import type { Encrypt } from './age.ts'

/**
 * Encrypts the values of one resource's placeholders. If the old placeholder at a pointer decrypts to the same value,
 * it is kept byte for byte, so that edits by two people change only what they intend. Placeholders without a value are
 * kept. `ifUndecryptable` decides about an old ciphertext that cannot be decrypted.
 */
export async function encryptSecrets(
  placeholders: Readonly<Record<Pointer, Placeholder>>,
  old: Readonly<Record<Pointer, Placeholder>>,
  secretValues: Pick<SecretValues, 'secretFor'>,
  encrypt: Encrypt,
  ifUndecryptable: 'keep' | 'renew',
): Promise<Record<Pointer, Placeholder>> {
  const out: Record<Pointer, Placeholder> = {}
  for (const [pointer, placeholder] of Object.entries(placeholders)) {
    const before = old[pointer]
    const decrypted = before && 'age' in before ? secretValues.secretFor(before) : undefined
    if (!('plain' in placeholder)) out[pointer] = placeholder
    else if (
      before &&
      'age' in before &&
      (decrypted ? decrypted.equals(placeholder.plain) : ifUndecryptable === 'keep')
    )
      out[pointer] = before
    else out[pointer] = await sealedValue(placeholder.plain.reveal(), encrypt)
  }
  return out
}

/** Encrypts a value as a placeholder: text unchanged, everything else as JSON. */
export async function sealedValue(value: Json, encrypt: Encrypt): Promise<Placeholder> {
  // Text that is not valid Unicode is escaped in JSON.
  return typeof value === 'string' && Buffer.from(value).toString() === value
    ? { age: await encrypt(value) }
    : { age: await encrypt(writeJson(value)), as: 'json' }
}
