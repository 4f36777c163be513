import type { Issue } from '../issue.ts'
import type { Pointer } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Change, Live, MissingSecret, Ref, SecretValues } from '../model.ts'
import { nameInKey, splitRef } from '../ref.ts'
import { idKeysOf, idsIn } from '../token.ts'

/** Every secret that a change of the plan needs, and that has no value now. */
export function missingSecrets(changes: readonly Change[], { missingReason: lackOf }: SecretValues): Issue[] {
  return changes.flatMap((change) => {
    if (change.action !== 'create' && change.action !== 'update') return []
    return Object.entries(change.after.secrets).flatMap(([pointer, placeholder]): Issue[] => {
      const kept = change.action === 'update' && 'plain' in (change.before.secrets[pointer] ?? {})
      const lack = kept ? undefined : lackOf(placeholder)
      if (!lack) return []
      return [missingSecretIssue(lack, change.ref, pointer, `needs a secret for ${pointer}, but`)]
    })
  })
}

/** A secret that has no value now, at a place in a resource's spec; `what` of the resource comes to nothing by it. */
export function missingSecretIssue(
  { code, reason, fix }: MissingSecret,
  ref: Ref,
  pointer: Pointer,
  what: string,
): Issue {
  return { code, severity: 'error', message: `${ref} ${what} ${reason}`, fix, ref, pointer: `/secrets${pointer}` }
}

/** What a server has several of, as much like what is wanted as each other: none of them is changed by a guess. */
export function ambiguous(wanted: ReadonlySet<Ref>, { unsure = [] }: Live): Issue[] {
  return unsure
    .filter((ref) => wanted.has(ref))
    .map((ref): Issue => {
      const { kind, key } = splitRef(ref)
      const message = `${ref} could be one of several on the server: each ${kind} called ${nameInKey(key)} differs from it as much`
      const fix =
        'Export the server again, so that the snapshot has all of that name; --include still takes one of them'
      return { code: 'ambiguous-name', severity: 'error', message, fix, ref, pointer: '/key' }
    })
}

/** Ids in what would be written that no name stands for: on another server they lead nowhere. */
export function unresolvedIds(changes: readonly Change[], kinds: readonly Kind[]): Issue[] {
  const idKeys = idKeysOf(kinds)
  return changes.flatMap((change) => {
    if (change.action !== 'create' && change.action !== 'update') return []
    const kind = kinds.find(({ name }) => name === change.after.kind)
    return Object.entries(kind?.fields ?? {}).flatMap(([name, field]) => {
      const value = change.after.spec[name]
      if (!field.freeform || value === undefined) return []
      return idsIn(value, idKeys).map(({ id, pointer }): Issue => {
        const message = `${change.ref} holds the id ${id} at /spec/${name}${pointer}, which is of no resource of the snapshot`
        return {
          code: 'unresolved-id',
          severity: 'error',
          message,
          fix: 'Remove it, or pass --allow-unresolved to write it as it is',
          ref: change.ref,
          pointer: `/spec/${name}${pointer}`,
        }
      })
    })
  })
}
