import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import type { Encrypt } from '../secrets/age.ts'
import type { Look } from '../secrets/find.ts'
import { withHoles, withSecretsLike } from '../secrets/holes.ts'
import { sealed } from '../secrets/keep.ts'
import { patternsOf } from '../secrets/pattern.ts'
import { exits, type Io } from './io.ts'
import { withNamedHoles } from './named-holes.ts'
import type { Policy } from './policy-file.ts'
import { fillingsFor, type SecretFlags } from './secret-sources.ts'

export interface ExportSecretFlags extends SecretFlags {
  readonly output: string
  readonly secrets: 'holes' | 'age' | 'plain'
  readonly recipient?: readonly string[]
  readonly hole?: readonly string[]
  readonly strictSecrets?: boolean
  readonly update?: boolean
  readonly check?: boolean
}

/** What becomes of the secrets of an export. */
export interface ExportSecrets {
  /** The resources with what the flags and the policy call secrets as secrets. */
  found(resources: readonly LiveResource[]): readonly LiveResource[]
  /** The resources as they are written: with holes for secrets, with ciphertext, or in clear. */
  written(resources: readonly LiveResource[]): Promise<readonly Resource[]>
}

/**
 * Reads what the flags and the policy say of secrets; what is wrong with it is told before a server is asked. `updated` is what
 * a snapshot that is brought up to date holds; of one that is written over the ciphertext alone is looked at.
 */
export async function openExportSecrets(
  flags: ExportSecretFlags,
  policy: Policy,
  kinds: readonly Kind[],
  io: Io,
  updated?: readonly Resource[],
): Promise<ExportSecrets> {
  const patterns = [...patternsOf(flags.hole ?? []), ...patternsOf(policy.holes, true)]
  if (flags.recipient && flags.secrets !== 'age') throw withoutAge()
  const encrypt =
    flags.secrets === 'age'
      ? await (await import('../secrets/age.ts')).encryptFor(flags.recipient ?? policy.recipients)
      : undefined
  const held = updated ?? (encrypt ? await (await import('./update.ts')).heldAt(flags.output, kinds, io) : [])
  return {
    found: (resources) => withNamedHoles(withSecretsLike(resources, held, kinds), patterns, kinds),
    written: async (resources) => {
      if (flags.secrets === 'plain') return resources
      const holes = withHoles(resources)
      return encrypt ? seal(resources, holes, held, { encrypt, flags }, io) : holes
    },
  }
}

function withoutAge(): Failure {
  return new Failure(
    [
      {
        code: 'usage',
        severity: 'error',
        message: '--recipient says for whom secrets are encrypted, and they are not encrypted',
        fix: 'Add --secrets age',
      },
    ],
    exits.usage,
  )
}

/** Encrypts all secrets; those that the snapshot has already, with the same value, keep their text. */
async function seal(
  resources: readonly LiveResource[],
  holes: readonly Resource[],
  held: readonly Resource[],
  { encrypt, flags }: { readonly encrypt: Encrypt; readonly flags: ExportSecretFlags },
  io: Io,
): Promise<readonly Resource[]> {
  const before = new Map(held.map((resource) => [refOf(resource), resource.secrets]))
  const encrypted = held.map((resource) => ({ ...resource, secrets: onlyAge(resource.secrets) }))
  const fillings = await fillingsFor(encrypted, { ...flags, snapshot: flags.output }, io)
  const unopened = flags.update || flags.check ? 'keep' : 'renew'
  const lost = encrypted.flatMap(({ secrets }) => Object.values(secrets)).filter((hole) => !fillings.secretFor(hole))
  if (lost.length > 0) io.warn([notOpened(lost.length, unopened)])
  return Promise.all(
    resources.map(async (resource, index) => {
      const own = holes[index] ?? resource
      const values = Object.entries(resource.secrets).map(
        ([pointer, hole]) => [pointer, 'plain' in hole ? hole : (own.secrets[pointer] ?? hole)] as const,
      )
      const old = before.get(refOf(resource)) ?? {}
      return { ...own, secrets: await sealed(Object.fromEntries(values), old, fillings, encrypt, unopened) }
    }),
  )
}

function onlyAge(secrets: Resource['secrets']): Resource['secrets'] {
  return Object.fromEntries(Object.entries(secrets).filter(([, hole]) => 'age' in hole))
}

function notOpened(count: number, how: 'keep' | 'renew'): Issue {
  const what = count === 1 ? 'one encrypted value' : `${count} encrypted values`
  return {
    code: 'missing-secret',
    severity: 'warning',
    message: `${what} of the snapshot cannot be opened here, so ${how === 'keep' ? 'it is not known whether they changed, and they stay' : 'all are encrypted anew'}`,
    fix: 'Pass --identity FILE, and only what changed is encrypted anew',
  }
}

/** Tells of values outside of secrets that look like one; with `strict` the export ends there, and nothing is written. */
export async function tellPossibleSecrets(
  look: Look,
  resources: readonly Resource[],
  { strictSecrets }: Pick<ExportSecretFlags, 'strictSecrets'>,
  io: Io,
): Promise<void> {
  const found = await look.found(resources)
  if (strictSecrets && found.length > 0)
    throw new Failure(
      found.map((issue) => ({ ...issue, severity: 'error' as const })),
      exits.incomplete,
    )
  io.warn(found)
}
