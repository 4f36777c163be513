import { sourceKey } from '../hole.ts'
import { type Json, parseJson } from '../json.ts'
import type { Fillings, Hole, Lack, Resource } from '../model.ts'
import { Secret } from '../secret.ts'
import { decryptWith, Undecryptable } from './age.ts'

/** What holes are filled from. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Identities of age. */
  readonly identities: readonly string[]
  /** The text of a file, named as in the snapshot; throws an `Error` that says in words why there is none. */
  readonly readFile: (path: string) => Promise<string>
  /** What a command prints; throws an `Error` that says why it did not, and nothing that it printed. Absent where none may run. */
  readonly run?: (argv: readonly string[]) => Promise<string>
}

/** Looks up every hole of some resources, each source once; nothing is thrown: what cannot be had is a lack. */
export async function fill(resources: readonly Resource[], world: World): Promise<Fillings> {
  const holes = new Map<string, Hole>()
  for (const { secrets } of resources) for (const hole of Object.values(secrets)) holes.set(sourceKey(hole), hole)
  const found = new Map<string, Secret | Lack>()
  const decrypt = decryptWith(world.identities)
  // Commands one after another: several that ask for a finger on a key at once confuse people.
  for (const [key, hole] of holes) found.set(key, await valueOrLack(hole, world, decrypt))
  const lookUp = (hole: Hole): Secret | Lack =>
    'plain' in hole ? hole.plain : (found.get(sourceKey(hole)) ?? notShown)
  return {
    secretFor: (hole) => {
      const one = lookUp(hole)
      return one instanceof Secret ? one : undefined
    },
    lackOf: (hole) => {
      const one = lookUp(hole)
      return one instanceof Secret ? undefined : one
    },
  }
}

const notShown = missing('the source does not show it', 'Give it a source under secrets:')

function missing(reason: string, fix: string): Lack {
  return { code: 'missing-secret', reason, fix }
}
function unusable(reason: string, fix: string): Lack {
  return { code: 'bad-secret', reason, fix }
}

async function valueOrLack(
  hole: Hole,
  world: World,
  decrypt: (text: string) => Promise<string>,
): Promise<Secret | Lack> {
  if ('plain' in hole) return hole.plain
  if ('masked' in hole) return notShown
  const text = await textOrLack(hole, world, decrypt)
  if (typeof text !== 'string') return text
  if (hole.as !== 'json') return new Secret(text)
  try {
    return new Secret<Json>(parseJson(text))
  } catch {
    return unusable('what its source gives is no JSON', 'Write JSON there, or take "as: json" away for plain text')
  }
}

type Sourced = Exclude<Hole, { readonly plain: Secret } | { readonly masked: true }>

async function textOrLack(
  hole: Sourced,
  world: World,
  decrypt: (text: string) => Promise<string>,
): Promise<string | Lack> {
  if ('env' in hole) {
    return world.env[hole.env] ?? missing(`the environment variable ${hole.env} is not set`, `export ${hole.env}=…`)
  }
  if ('age' in hole) return decrypted(hole.age, decrypt)
  if ('file' in hole) {
    try {
      return withoutLineEnd(await world.readFile(hole.file))
    } catch (error) {
      return missing(`the file ${hole.file} cannot be read: ${reasonOf(error)}`, `Write the value to ${hole.file}`)
    }
  }
  if (!world.run) return missing('its command may not be run', 'Look at the commands, and pass --allow-commands')
  try {
    return withoutLineEnd(await world.run(hole.command))
  } catch (error) {
    return missing(`the command ${hole.command[0]} gave none: ${reasonOf(error)}`, 'Run it by hand to see what it says')
  }
}

/** The line end with which editors and programs end a text is no part of the value; only one is taken away. */
function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '')
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function decrypted(text: string, decrypt: (text: string) => Promise<string>): Promise<string | Lack> {
  try {
    return await decrypt(text)
  } catch (error) {
    const why = error instanceof Undecryptable ? error.why : 'damaged'
    if (why === 'no identity')
      return missing(
        'it is encrypted, and no identity is given',
        'Pass --identity FILE, or set PREFECT_SNAPSHOT_AGE_IDENTITY',
      )
    return why === 'damaged'
      ? unusable('what is encrypted is damaged', 'Take the text from an older version of the file, or export it again')
      : unusable(
          'it is encrypted for others: none of the identities opens it',
          'Pass another --identity, or have somebody who can open it rekey the snapshot for you',
        )
  }
}
