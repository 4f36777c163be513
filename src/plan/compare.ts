import type { Pointer } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Change, LiveResource, Resource, SecretValues, Unsupported } from '../model.ts'
import { refOf } from '../ref.ts'
import { differences, keyChange, withKnownSecrets } from '../spec.ts'
import type { Paired } from './pair.ts'

export interface Compared {
  /** The change that turns `before` into `after`; absent where there is nothing to write. */
  readonly change?: Change
  /** Differences in fields that no request can change. */
  readonly fixed: readonly Unsupported[]
  /** Secrets whose value here or on the server is not known. */
  readonly notCompared: readonly Pointer[]
}

/** Compares one resource of the snapshot with the server's. */
export function compare({ kind, before, after }: Paired, secretValues: SecretValues): Compared {
  const ref = refOf(after)
  const common = { ref, waits: [], notes: [] }
  if (!before) return { change: { ...common, action: 'create', after, without: [] }, fixed: [], notCompared: [] }
  if (kind.immutable?.(after)) return { fixed: [], notCompared: [] }
  const known = withKnownSecrets(kind, after, secretValues)
  const found = [...keyChange(before, after), ...differences(kind, before, known)]
  const fixed = found.flatMap(({ pointer }) => {
    const reason = fixedReason(kind, pointer)
    return reason ? [{ ref, pointer, reason }] : []
  })
  const fields = found.filter(({ pointer }) => !fixedReason(kind, pointer))
  const notCompared = unknownSecrets(before, known)
  return fields.length > 0
    ? { change: { ...common, action: 'update', before, after, fields }, fixed, notCompared }
    : { fixed, notCompared }
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
