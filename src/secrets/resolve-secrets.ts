import { type Json, parseJson } from '../json.ts'
import type { MissingSecret, Placeholder, Resource, SecretValues } from '../model.ts'
import { sourceKey } from '../placeholder.ts'
import { Secret } from '../secret.ts'
import { decryptWith, Undecryptable } from './age.ts'

/** What placeholders are filled from. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Identities of age. */
  readonly identities: readonly string[]
  /** The text of a file, named as in the snapshot; throws an `Error` that says in words why there is none. */
  readonly readFile: (path: string) => Promise<string>
  /** What a command prints; throws an `Error` that says why it did not, and nothing that it printed. Absent where none may run. */
  readonly run?: (argv: readonly string[]) => Promise<string>
}

/** Looks up every placeholder of some resources, each source once; nothing is thrown: what cannot be had is a lack. */
export async function resolveSecrets(resources: readonly Resource[], world: SecretSources): Promise<SecretValues> {
  const placeholders = new Map<string, Placeholder>()
  for (const { secrets } of resources)
    for (const placeholder of Object.values(secrets)) placeholders.set(sourceKey(placeholder), placeholder)
  const found = new Map<string, Secret | MissingSecret>()
  const decrypt = decryptWith(world.identities)
  // Commands one after another: several that ask for a finger on a key at once confuse people.
  for (const [key, placeholder] of placeholders) found.set(key, await valueOrLack(placeholder, world, decrypt))
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

const notShown = missing('the source does not show it', 'Give it a source under secrets:.')

function missing(reason: string, fix: string): MissingSecret {
  return { code: 'missing-secret', reason, fix }
}
function unusable(reason: string, fix: string): MissingSecret {
  return { code: 'invalid-secret', reason, fix }
}

async function valueOrLack(
  placeholder: Placeholder,
  world: SecretSources,
  decrypt: (text: string) => Promise<string>,
): Promise<Secret | MissingSecret> {
  if ('plain' in placeholder) return placeholder.plain
  if ('masked' in placeholder) return notShown
  const text = await textOrLack(placeholder, world, decrypt)
  if (typeof text !== 'string') return text
  if (placeholder.as !== 'json') return new Secret(text)
  try {
    return new Secret<Json>(parseJson(text))
  } catch {
    return unusable('what its source gives is no JSON', 'Set it to JSON, or remove "as: json" for plain text.')
  }
}

type Sourced = Exclude<Placeholder, { readonly plain: Secret } | { readonly masked: true }>

async function textOrLack(
  placeholder: Sourced,
  world: SecretSources,
  decrypt: (text: string) => Promise<string>,
): Promise<string | MissingSecret> {
  if ('env' in placeholder) {
    return (
      world.env[placeholder.env] ??
      missing(
        `the environment variable ${placeholder.env} is not set`,
        `Set it, for example with: export ${placeholder.env}=…`,
      )
    )
  }
  if ('age' in placeholder) return decrypted(placeholder.age, decrypt)
  if ('file' in placeholder) {
    try {
      return withoutLineEnd(await world.readFile(placeholder.file))
    } catch (error) {
      return missing(
        `the file ${placeholder.file} cannot be read: ${reasonOf(error)}`,
        `Write the value to ${placeholder.file}`,
      )
    }
  }
  if (!world.run) return missing('its command may not be run', 'Review the commands, and pass --allow-commands.')
  try {
    return withoutLineEnd(await world.run(placeholder.command))
  } catch (error) {
    return missing(
      `the command ${placeholder.command[0]} gave none: ${reasonOf(error)}`,
      'Run the command by hand to see its output.',
    )
  }
}

/** The line end with which editors and programs end a text is no part of the value; only one is taken away. */
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
      ? unusable('what is encrypted is damaged', 'Restore the text from an older version of the file, or export again.')
      : unusable(
          'it is encrypted for others: none of the identities opens it',
          'Pass another --identity, or ask someone who can decrypt it to rekey the snapshot for you.',
        )
  }
}
