import type { Identity } from 'age-encryption'
import { Failure, type Issue } from '../issue.ts'

/*
 * age (https://age-encryption.org), with its author's package. A ciphertext reveals neither its recipients nor its
 * content.
 */

const load = () => import('age-encryption')

/** Encrypts a text for a set of recipients. */
export type Encrypt = (text: string) => Promise<string>

/** The reason why a text could not be decrypted. Contains nothing of the text. */
export class Undecryptable extends Error {
  readonly why: 'no identity' | 'other recipients' | 'damaged'

  constructor(why: Undecryptable['why']) {
    super(why)
    this.why = why
  }
}

/** Prepares encryption for all of these recipients (`age1…`). Throws `Failure` with every invalid recipient. */
export async function encryptFor(recipients: readonly string[]): Promise<Encrypt> {
  const age = await load()
  const issues: Issue[] = []
  const make = () => new age.Encrypter()
  for (const recipient of recipients) {
    try {
      make().addRecipient(recipient)
    } catch {
      issues.push(notRecipient(recipient))
    }
  }
  if (recipients.length === 0) issues.push(noRecipients())
  if (issues.length > 0) throw new Failure(issues)
  return async (text) => {
    const encrypter = make()
    for (const recipient of new Set(recipients)) encrypter.addRecipient(recipient)
    return age.armor.encode(await encrypter.encrypt(text))
  }
}

function noRecipients(): Issue {
  return {
    code: 'invalid-recipient',
    severity: 'error',
    message: 'There is no recipient to encrypt the secrets for.',
    fix: 'Pass --recipient age1…, or list recipients under recipients: in prefect-snapshot.yaml. Use age-keygen to make a pair of keys.',
  }
}

function notRecipient(recipient: string): Issue {
  const issue = (message: string, fix: string): Issue => ({
    code: 'invalid-recipient',
    severity: 'error',
    message,
    fix,
  })
  if (/^AGE-SECRET-KEY-/i.test(recipient))
    return issue(
      'An identity, which is secret, was passed as a recipient.',
      'Pass its public key, which age-keygen -y FILE prints. If the identity was stored anywhere (a shell history, a CI log), replace it.',
    )
  if (/^(ssh-|ecdsa-|sk-ssh-)/.test(recipient))
    return issue(
      `${quoted(recipient)} is an SSH key. Only native age keys can be used.`,
      'Make a key with age-keygen and pass its public half, age1…',
    )
  if (/^age1[a-z]{2,}1/.test(recipient) && !/^age1(pq|tag|tagpq)1/.test(recipient))
    return issue(
      `${quoted(recipient)} is the key of an age plugin. Plugins are not supported.`,
      'Make a key with age-keygen and pass its public half, age1…',
    )
  return issue(
    `${quoted(recipient)} is not an age recipient: it is mistyped or truncated.`,
    'A recipient is the public key that age-keygen prints: age1 and 58 letters and digits.',
  )
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 70 ? `${text.slice(0, 67)}…` : text)
}

/** A text with identities, and its name for messages. */
export interface IdentityText {
  readonly from: string
  readonly text: string
}

/**
 * Parses identities in the format of `age-keygen`. Throws `Failure` with every invalid line; messages never contain the
 * line itself.
 */
export async function identitiesIn(texts: readonly IdentityText[]): Promise<readonly string[]> {
  const found: string[] = []
  const issues: Issue[] = []
  const { Decrypter } = texts.length > 0 ? await load() : { Decrypter: undefined }
  for (const { from, text } of texts) {
    const fail = (line: number, message: string, fix: string) =>
      issues.push({
        code: 'invalid-recipient',
        severity: 'error',
        message: `${from}: ${message}`,
        place: { file: from, line, column: 1 },
        fix,
      })
    if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/m.test(text)) {
      fail(1, 'It is an SSH or PEM key. Only native age identities can be used.', 'Make one with age-keygen.')
      continue
    }
    if (/^(age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE-----)/.test(text)) {
      fail(1, 'The identities in it are encrypted.', 'Decrypt it first, for example with: age -d FILE > identity.txt.')
      continue
    }
    const lines = [...text.split(/\r?\n/).entries()].filter(([, line]) => line.trim() !== '' && !line.startsWith('#'))
    if (lines.length === 0) fail(1, 'There is no identity in it.', 'Make one with age-keygen -o FILE.')
    for (const [index, line] of lines) {
      try {
        ;new (Decrypter as NonNullable<typeof Decrypter>)().addIdentity(line.trim())
        found.push(line.trim())
      } catch {
        fail(
          index + 1,
          'The line is not an age identity.',
          'An identity begins with AGE-SECRET-KEY-1. Use age-keygen to make one.',
        )
      }
    }
  }
  if (issues.length > 0) throw new Failure(issues)
  return found
}

/** Creates a function that decrypts with any of these identities; it throws `Undecryptable`. */
export function decryptWith(identities: readonly string[]): (text: string) => Promise<string> {
  return async (text) => {
    const age = await load()
    const bytes = bytesOf(text, age.armor.decode)
    if (identities.length === 0) throw new Undecryptable('no identity')
    const decrypter = new age.Decrypter()
    for (const identity of identities as readonly (string | Identity)[]) decrypter.addIdentity(identity)
    try {
      const plain = await decrypter.decrypt(bytes)
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain)
    } catch (error) {
      const other = error instanceof Error && error.message.startsWith('no identity matched')
      throw new Undecryptable(other ? 'other recipients' : 'damaged')
    }
  }
}

function bytesOf(text: string, decode: (armoured: string) => Uint8Array): Uint8Array {
  try {
    const bytes = /^\s*-----BEGIN/.test(text) ? decode(text) : decodeBase64(text)
    if (hasAgeHeader(bytes)) return bytes
  } catch {
    // Reported below.
  }
  throw new Undecryptable('damaged')
}

function hasAgeHeader(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).subarray(0, 22).toString('latin1') === 'age-encryption.org/v1\n'
}

function decodeBase64(text: string): Uint8Array {
  const compact = text.replace(/\s/g, '')
  if (compact === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) throw new RangeError('no base64')
  return new Uint8Array(Buffer.from(compact, 'base64'))
}
