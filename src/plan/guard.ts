import { pathText } from '../field-path.ts'
import type { Issue } from '../issue.ts'
import type { Pointer } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Change, Live, MissingSecret, Ref, SecretValues } from '../model.ts'
import { nameInKey, splitRef } from '../ref.ts'
import { maskedSecrets, replacedSecrets } from '../spec/differences.ts'
import { idKeysOf, idsIn } from '../token.ts'

/** An issue for each secret that a change needs and that has no value. */
export function missingSecrets(changes: readonly Change[], { missingReason }: SecretValues): Issue[] {
  return changes.flatMap((change) => {
    if (change.action !== 'create' && change.action !== 'update') return []
    return Object.entries(change.after.secrets).flatMap(([pointer, placeholder]): Issue[] => {
      const hasValue = change.action === 'update' && 'plain' in (change.before.secrets[pointer] ?? {})
      const missing = hasValue ? undefined : missingReason(placeholder)
      if (!missing) return []
      return [missingSecretIssue(missing, change.ref, pointer, `needs a secret for ${pointer}, but`)]
    })
  })
}

/** The issue of a secret without a value; `what` is the part of the message between the ref and the reason. */
export function missingSecretIssue(
  { code, reason, fix }: MissingSecret,
  ref: Ref,
  pointer: Pointer,
  what: string,
): Issue {
  return { code, severity: 'error', message: `${ref} ${what} ${reason}`, fix, ref, pointer: `/secrets${pointer}` }
}

/** A warning for each change that deletes or replaces a secret value, which `undo` cannot restore from the journal. */
export function unrecoverableSecrets(changes: readonly Change[]): Issue[] {
  return changes.flatMap((change): Issue[] => {
    const isDelete = change.action === 'delete'
    const isUpdate = change.action === 'update'
    const pointers = isDelete ? Object.keys(change.before.secrets) : isUpdate ? replacedSecrets(change) : []
    if (pointers.length === 0) return []
    const masked = isUpdate ? maskedSecrets(change.before, change.after).map((pointer) => pathText(pointer)) : []
    const hidden =
      masked.length > 0
        ? ` The server does not show ${masked.join(', ')}, so that nobody knows whether the value stays.`
        : ''
    const places = pointers.map((pointer) => pathText(pointer)).join(', ')
    const message = `${change.ref}: undo cannot restore ${places}, which the plan ${isDelete ? 'deletes' : 'replaces'}; a journal holds no secret values.${hidden}`
    const fix = 'Keep the present value elsewhere, for example with export --secrets age.'
    return [{ code: 'unrecoverable-secret', severity: 'warning', message, fix, ref: change.ref }]
  })
}

/**
 * An issue for each resource that matches several objects on the server equally well. None of these objects is changed.
 */
export function ambiguous(wanted: ReadonlySet<Ref>, { unsure = [] }: Live): Issue[] {
  return unsure
    .filter((ref) => wanted.has(ref))
    .map((ref): Issue => {
      const { kind, key } = splitRef(ref)
      const message = `${ref} could be one of several on the server: each ${kind} named ${nameInKey(key)} differs from it equally.`
      const fix =
        'Export the server again, so that the snapshot has all of that name; --include still selects one of them.'
      return { code: 'ambiguous-name', severity: 'error', message, fix, ref, pointer: '/key' }
    })
}

/**
 * An issue for each ID in values to be written that belongs to no resource of the snapshot: on another server, it would
 * dangle.
 */
export function unresolvedIds(changes: readonly Change[], kinds: readonly Kind[]): Issue[] {
  const idKeys = idKeysOf(kinds)
  return changes.flatMap((change) => {
    if (change.action !== 'create' && change.action !== 'update') return []
    const kind = kinds.find(({ name }) => name === change.after.kind)
    return Object.entries(kind?.fields ?? {}).flatMap(([name, field]) => {
      const value = change.after.spec[name]
      if (!field.freeform || value === undefined) return []
      return idsIn(value, { idKeys, idsExceptIn: field.idsExceptIn }).map(({ id, pointer }): Issue => {
        const message = `${change.ref} holds the ID ${id} at /spec/${name}${pointer}, which belongs to no resource of the snapshot.`
        return {
          code: 'unresolved-id',
          severity: 'error',
          message,
          fix: 'Remove it, or pass --allow-unresolved to write it unchanged.',
          ref: change.ref,
          pointer: `/spec/${name}${pointer}`,
        }
      })
    })
  })
}
