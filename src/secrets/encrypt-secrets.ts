import { type Json, type Pointer, writeJson } from '../json.ts'
import type { Placeholder, SecretValues } from '../model.ts'
import type { Encrypt } from './age.ts'

/**
 * The placeholders of one resource with their values encrypted. A value that an old placeholder at the same place gives, decrypted, keeps
 * that placeholder byte for byte, so that two people who edit a snapshot change only what they mean to. Placeholders without a value
 * here stay as they are. `unopened` says what becomes of an old ciphertext that nobody here can open.
 */
export async function encryptSecrets(
  placeholders: Readonly<Record<Pointer, Placeholder>>,
  old: Readonly<Record<Pointer, Placeholder>>,
  secretValues: Pick<SecretValues, 'secretFor'>,
  encrypt: Encrypt,
  unopened: 'keep' | 'renew',
): Promise<Record<Pointer, Placeholder>> {
  const out: Record<Pointer, Placeholder> = {}
  for (const [pointer, placeholder] of Object.entries(placeholders)) {
    const before = old[pointer]
    const opened = before && 'age' in before ? secretValues.secretFor(before) : undefined
    if (!('plain' in placeholder)) out[pointer] = placeholder
    else if (before && 'age' in before && (opened ? opened.equals(placeholder.plain) : unopened === 'keep'))
      out[pointer] = before
    else out[pointer] = await sealedValue(placeholder.plain.reveal(), encrypt)
  }
  return out
}

/** A value as a placeholder that holds it encrypted: text as it is, everything else as JSON. */
export async function sealedValue(value: Json, encrypt: Encrypt): Promise<Placeholder> {
  // Text that UTF-8 cannot write is escaped in JSON.
  return typeof value === 'string' && Buffer.from(value).toString() === value
    ? { age: await encrypt(value) }
    : { age: await encrypt(writeJson(value)), as: 'json' }
}
