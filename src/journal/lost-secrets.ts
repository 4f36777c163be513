import { pathText } from '../field-path.ts'
import type { Issue } from '../issue.ts'
import type { Pointer } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Live, Placeholder, Ref, Resource, SecretValues } from '../model.ts'
import { sourceText } from '../placeholder.ts'
import { refOf } from '../ref.ts'
import type { Entry, JournalRecord } from './journal.ts'

/** What an undo can write of resources whose secrets it does not have. */
export interface WithoutLostSecrets {
  readonly resources: readonly Resource[]
  /** One warning for each resource of which a secret value is lost. */
  readonly issues: readonly Issue[]
}

/**
 * The resources without the secret values that the apply deleted or changed and that no source gives now: a journal holds
 * none. A source that gives the value that the apply wrote does not give the previous one. A resource that cannot be
 * written without such a value is left out. Pure.
 */
export function withoutLostSecrets(
  resources: readonly Resource[],
  record: JournalRecord,
  live: Live,
  kinds: readonly Kind[],
  secretValues: SecretValues,
): WithoutLostSecrets {
  const issues: Issue[] = []
  const entries = new Map(record.entries.flatMap((entry) => (entry.before ? [[refOf(entry.before), entry]] : [])))
  const kept = resources.flatMap((resource) => {
    const ref = refOf(resource)
    const entry = entries.get(ref)
    const now = entry && (live.resources.get(entry.ref) ?? live.resources.get(ref))
    const lost = entry ? lostIn(resource, entry, now?.secrets, secretValues) : []
    if (lost.length === 0) return [resource]
    const kind = kinds.find(({ name }) => name === resource.kind)
    const isWritable = lost.every(
      (pointer) => kind?.fields[pointer.slice(1)]?.required !== true && !isMasked(now?.secrets[pointer]),
    )
    issues.push(issueOf(ref, resource, lost, isWritable, now !== undefined))
    return isWritable
      ? [
          without(
            resource,
            lost.filter((pointer) => now?.secrets[pointer] === undefined),
          ),
        ]
      : []
  })
  return { resources: kept, issues }
}

/** The places of secrets whose previous value is not known. */
function lostIn(
  { secrets }: Resource,
  entry: Entry,
  now: Resource['secrets'] | undefined,
  { missingReason, secretFor }: SecretValues,
): Pointer[] {
  // What the server did not carry out has changed no secret.
  if (now && entry.status !== 'done' && (entry.writes ?? []).length === 0) return []
  const changed = new Set(entry.changedSecrets)
  return Object.entries(secrets).flatMap(([pointer, placeholder]) => {
    const own = now?.[pointer]
    if (own && !changed.has(pointer) && !isMasked(own)) return []
    if (missingReason(placeholder)?.code === 'missing-secret') return [pointer]
    const value = secretFor(placeholder)
    return own && 'plain' in own && changed.has(pointer) && value?.equals(own.plain) ? [pointer] : []
  })
}

function isMasked(placeholder: Placeholder | undefined): boolean {
  return placeholder !== undefined && 'masked' in placeholder
}

function without(resource: Resource, pointers: readonly Pointer[]): Resource {
  const secrets = Object.entries(resource.secrets).filter(([pointer]) => !pointers.includes(pointer))
  return { ...resource, secrets: Object.fromEntries(secrets) }
}

function issueOf(
  ref: Ref,
  { secrets }: Resource,
  lost: readonly Pointer[],
  isWritable: boolean,
  exists: boolean,
): Issue {
  const places = lost.map((pointer) => pathText(pointer)).join(', ')
  const sources = lost.flatMap((pointer) => (secrets[pointer] ? [sourceText(secrets[pointer])] : [])).join(', ')
  const previous = `the previous value of ${places} is not in the journal`
  const consequence = isWritable
    ? exists
      ? 'and no source gives another one than the server has, so that one stays'
      : 'so it is restored without it'
    : 'and it cannot be written without it, so it is left as it is'
  return {
    code: 'unrecoverable-secret',
    severity: 'warning',
    message: `${ref} is not restored in full: ${previous}, ${consequence}.`,
    fix: `Give undo the previous value (${sources}), or set it on the server.`,
    ref,
    pointer: `/secrets${lost[0] ?? ''}`,
  }
}
