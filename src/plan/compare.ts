import { type Pointer, valueAt } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Change, FieldChange, LiveResource, Resource, SecretValues, Unsupported } from '../model.ts'
import { refOf } from '../ref.ts'
import { differences, keyChange } from '../spec/differences.ts'
import { withKnownSecrets } from '../spec/spec-secrets.ts'
import type { Paired } from './pair.ts'

export interface Compared {
  /** The change that turns `before` into `after`; absent where there is nothing to write. */
  readonly change?: Change
  /** Differences in fields that no request can change. */
  readonly fixed: readonly Unsupported[]
  /** Secrets whose value here or on the server is not known. */
  readonly notCompared: readonly Pointer[]
}

/**
 * Compares one resource of the snapshot with the server's. What `rewrite` names is written in any case; what `blocked` names
 * is not.
 */
export function compare(
  { kind, before, after }: Paired,
  secretValues: SecretValues,
  rewrite: readonly Pointer[] = [],
  blocked: readonly Unsupported[] = [],
): Compared {
  const ref = refOf(after)
  const common = { ref, waits: [], notes: [] }
  if (!before) return { change: { ...common, action: 'create', after, without: [] }, fixed: [], notCompared: [] }
  if (kind.immutable?.(after)) return { fixed: [], notCompared: [] }
  const known = withKnownSecrets(kind, after, secretValues)
  const differing = [...keyChange(before, after), ...differences(kind, before, known)]
  const found = [...differing, ...unchanged(rewrite, differing, after)]
  const reasonFor = (pointer: Pointer) =>
    blocked.find((field) => field.ref === ref && field.pointer === pointer)?.reason ?? fixedReason(kind, pointer)
  const fixed = found.flatMap(({ pointer }) => {
    const reason = reasonFor(pointer)
    return reason ? [{ ref, pointer, reason }] : []
  })
  const fields = found.filter(({ pointer }) => !reasonFor(pointer))
  const notCompared = unknownSecrets(before, known)
  return fields.length > 0
    ? { change: { ...common, action: 'update', before, after, fields }, fixed, notCompared }
    : { fixed, notCompared }
}

/** What is written although it does not differ, as changes of a value to itself. */
function unchanged(rewrite: readonly Pointer[], found: readonly FieldChange[], after: Resource): FieldChange[] {
  return rewrite
    .filter((pointer) => !found.some((field) => field.pointer === pointer || field.pointer.startsWith(`${pointer}/`)))
    .map((pointer) => {
      const value = valueAt({ refs: after.refs, spec: after.spec }, pointer)
      return value === undefined ? { pointer } : { pointer, before: value, after: value }
    })
}

/** Why the server cannot change the field in place; undefined where it can. */
function fixedReason(kind: Kind, pointer: Pointer): string | undefined {
  const [, part, name = ''] = pointer.split('/')
  return part === 'refs' ? kind.refFields[name]?.fixed : kind.fields[name]?.fixed
}

/** The secrets that both sides have, of which at least one value is not known. */
function unknownSecrets(before: LiveResource, after: Resource): Pointer[] {
  return Object.entries(after.secrets).flatMap(([pointer, placeholder]) => {
    const own = before.secrets[pointer]
    return own && !('plain' in own && 'plain' in placeholder) ? [pointer] : []
  })
}
