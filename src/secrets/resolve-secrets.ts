import { type Json, own, parseJson } from '../json.ts'
import type { MissingSecret, Placeholder, Resource, SecretValues } from '../model.ts'
import { containsNul, nulReason } from '../nul.ts'
import { sourceKey } from '../placeholder.ts'
import { Secret } from '../secret.ts'
import { decryptWith, Undecryptable } from './age.ts'

/** The sources of secret values. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** age identities. */
  readonly identities: readonly string[]
  /** Reads a file by its path in the snapshot. Throws `Error` with the reason in words. */
  readonly readFile: (path: string) => Promise<string>
  /**
   * Runs a command and returns its output. Throws `Error` with the reason, without any output. Absent if commands are
   * not allowed.
   */
  readonly run?: (argv: readonly string[]) => Promise<string>
}

/**
 * Resolves every placeholder of the resources, each source once. Never throws: an unavailable value is a
 * `MissingSecret`.
 */
export async function resolveSecrets(resources: readonly Resource[], sources: SecretSources): Promise<SecretValues> {
  const placeholders = new Map<string, Placeholder>()
  for (const { secrets } of resources)
    for (const placeholder of Object.values(secrets)) placeholders.set(sourceKey(placeholder), placeholder)
  const found = new Map<string, Secret | MissingSecret>()
  const decrypt = decryptWith(sources.identities)
  // Commands run one after another: several prompts for a hardware key at once would be confusing.
  for (const [key, placeholder] of placeholders) found.set(key, await valueOrMissing(placeholder, sources, decrypt))
  const lookUp = (placeholder: Placeholder): Secret | MissingSecret =>
    'plain' in placeholder ? placeholder.plain : (found.get(sourceKey(placeholder)) ?? notShown)
  return {
    secretFor: (placeholder) => {
      const one = lookUp(placeholder)
      return one instanceof Secret ? one : undefined
    },
    missingReason: (placeholder) => {
      const one = lookUp(placeholder)
      return one instanceof Secret ? undefined : one
    },
  }
}

const notShown = missing('the server does not return it', 'Give it a source under secrets:.')

function missing(reason: string, fix: string): MissingSecret {
  return { code: 'missing-secret', reason, fix }
}
function unusable(reason: string, fix: string): MissingSecret {
  return { code: 'invalid-secret', reason, fix }
}

async function valueOrMissing(
  placeholder: Placeholder,
  sources: SecretSources,
  decrypt: (text: string) => Promise<string>,
): Promise<Secret | MissingSecret> {
  if ('plain' in placeholder) return placeholder.plain
  if ('masked' in placeholder) return notShown
  const text = await textOrMissing(placeholder, sources, decrypt)
  if (typeof text !== 'string') return text
  if (placeholder.as !== 'json') return withoutNul(text)
  try {
    return withoutNul(parseJson(text))
  } catch {
    return unusable('the value of its source is not valid JSON', 'Set it to JSON, or remove "as: json" for plain text.')
  }
}

function withoutNul(value: Json): Secret | MissingSecret {
  if (!containsNul(value)) return new Secret<Json>(value)
  return unusable(`the value of its source contains the NUL character, ${nulReason}`, 'Remove it there.')
}

type Sourced = Exclude<Placeholder, { readonly plain: Secret } | { readonly masked: true }>

async function textOrMissing(
  placeholder: Sourced,
  sources: SecretSources,
  decrypt: (text: string) => Promise<string>,
): Promise<string | MissingSecret> {
  if ('env' in placeholder) return own(sources.env, placeholder.env) || missingVariable(placeholder.env, sources)
  if ('age' in placeholder) return decrypted(placeholder.age, decrypt)
  if ('file' in placeholder) {
    try {
      return withoutLineEnd(await sources.readFile(placeholder.file))
    } catch (error) {
      return missing(
        `the file ${placeholder.file} cannot be read: ${reasonOf(error)}`,
        `Write the value to ${placeholder.file}`,
      )
    }
  }
  if (!sources.run) return missing('commands are not allowed', 'Review the commands, and pass --allow-commands.')
  try {
    return withoutLineEnd(await sources.run(placeholder.command))
  } catch (error) {
    return missing(
      `the command ${placeholder.command[0]} failed: ${reasonOf(error)}`,
      'Run the command by hand to see its output.',
    )
  }
}

/** A variable that is empty is missing, because CI systems set a secret that is not configured to an empty text. */
function missingVariable(name: string, { env }: SecretSources): MissingSecret {
  const fix = `Set it, for example with: export ${name}=…`
  if (own(env, name) === undefined) return missing(`the environment variable ${name} is not set`, fix)
  const empty = `For an empty secret, write as: json beside env: and export ${name}='""'`
  return missing(`the environment variable ${name} is empty`, `${fix}. ${empty}`)
}

/** Removes one final line end, which editors and programs add to a text. */
function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '')
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function decrypted(text: string, decrypt: (text: string) => Promise<string>): Promise<string | MissingSecret> {
  try {
    return await decrypt(text)
  } catch (error) {
    const why = error instanceof Undecryptable ? error.why : 'damaged'
    if (why === 'no identity')
      return missing(
        'it is encrypted, and no identity is given',
        'Pass --identity FILE, or set PREFECT_SNAPSHOT_AGE_IDENTITY.',
      )
    return why === 'damaged'
      ? unusable('its ciphertext is damaged', 'Restore it from an older version of the file, or export again.')
      : unusable(
          'it is encrypted for other recipients: none of the identities can decrypt it',
          'Pass another --identity, or ask someone who can decrypt it to rekey the snapshot for you.',
        )
  }
}
