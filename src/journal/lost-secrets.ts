import { pathText } from '../field-path.ts'
import type { Issue } from '../issue.ts'
import type { Pointer } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Live, Placeholder, Ref, Resource, SecretValues } from '../model.ts'
import { sourceText } from '../placeholder.ts'
import { refOf } from '../ref.ts'
import type { Entry, JournalRecord } from './journal.ts'

/** The resources of an undo without lost secrets. */
export interface WithoutLostSecrets {
  readonly resources: readonly Resource[]
  /** One warning for each resource with a lost secret value. */
  readonly issues: readonly Issue[]
}

/**
 * Removes the secret values that the apply deleted or changed and that no source provides: a journal contains no values. A
 * source of the value that the apply wrote is no source of the previous one. Omits resources that cannot be written
 * without such a value. Pure.
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
  const writable = resources.flatMap((resource) => {
    const ref = refOf(resource)
    const entry = entries.get(ref)
    const now = entry && (live.resources.get(entry.ref) ?? live.resources.get(ref))
    const lost = entry ? lostIn(resource, entry, now?.secrets, secretValues) : []
    const unsure = entry ? unsureIn(resource, entry, now?.secrets, lost) : []
    if (lost.length === 0 && unsure.length === 0) return [resource]
    if (lost.length === 0) {
      issues.push(unsureIssue(ref, resource, unsure))
      return [resource]
    }
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
  return { resources: writable, issues }
}

/** Pointers to the secrets whose previous value is unknown. */
function lostIn(
  { secrets }: Resource,
  entry: Entry,
  now: Resource['secrets'] | undefined,
  { missingReason, secretFor }: SecretValues,
): Pointer[] {
  // A change that sent no request has changed no secret.
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

/** Pointers to the secrets that are written with what a source gives, where the server does not show what they are now. */
function unsureIn(
  { secrets }: Resource,
  entry: Entry,
  now: Resource['secrets'] | undefined,
  lost: readonly Pointer[],
): Pointer[] {
  const changed = new Set(entry.changedSecrets)
  return Object.keys(secrets).filter(
    (pointer) => changed.has(pointer) && isMasked(now?.[pointer]) && !lost.includes(pointer),
  )
}

function unsureIssue(ref: Ref, { secrets }: Resource, unsure: readonly Pointer[]): Issue {
  const places = unsure.map((pointer) => pathText(pointer)).join(', ')
  const sources = unsure.flatMap((pointer) => (secrets[pointer] ? [sourceText(secrets[pointer])] : [])).join(', ')
  const message = `${ref} gets the value that ${sources} gives now for ${places}: the server does not show whether it is the previous one.`
  const fix = 'Make sure that the source gives the previous value.'
  return { code: 'unrecoverable-secret', severity: 'warning', message, fix, ref, pointer: `/secrets${unsure[0] ?? ''}` }
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
      ? 'and no source provides a value other than the current one, which is kept'
      : 'so the resource is restored without it'
    : 'and the resource cannot be written without it, so it is left unchanged'
  return {
    code: 'unrecoverable-secret',
    severity: 'warning',
    message: `${ref} is not restored in full: ${previous}, ${consequence}.`,
    fix: `Provide the previous value to undo (${sources}), or set it on the server.`,
    ref,
    pointer: `/secrets${lost[0] ?? ''}`,
  }
}
