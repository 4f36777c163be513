import { type Json, type Pointer, writeJson } from '../json.ts'
import type { Fillings, Hole } from '../model.ts'
import type { Encrypt } from './age.ts'

/**
 * The holes of one resource with their values encrypted. A value that an old hole at the same place gives, decrypted, keeps
 * that hole byte for byte, so that two people who edit a snapshot change only what they mean to. Holes without a value
 * here stay as they are. `unopened` says what becomes of an old ciphertext that nobody here can open.
 */
export async function sealed(
  holes: Readonly<Record<Pointer, Hole>>,
  old: Readonly<Record<Pointer, Hole>>,
  fillings: Pick<Fillings, 'secretFor'>,
  encrypt: Encrypt,
  unopened: 'keep' | 'renew',
): Promise<Record<Pointer, Hole>> {
  const out: Record<Pointer, Hole> = {}
  for (const [pointer, hole] of Object.entries(holes)) {
    const before = old[pointer]
    const opened = before && 'age' in before ? fillings.secretFor(before) : undefined
    if (!('plain' in hole)) out[pointer] = hole
    else if (before && 'age' in before && (opened ? opened.equals(hole.plain) : unopened === 'keep'))
      out[pointer] = before
    else out[pointer] = await sealedValue(hole.plain.reveal(), encrypt)
  }
  return out
}

/** A value as a hole that holds it encrypted: text as it is, everything else as JSON. */
export async function sealedValue(value: Json, encrypt: Encrypt): Promise<Hole> {
  // Text that UTF-8 cannot write is escaped in JSON.
  return typeof value === 'string' && Buffer.from(value).toString() === value
    ? { age: await encrypt(value) }
    : { age: await encrypt(writeJson(value)), as: 'json' }
}
