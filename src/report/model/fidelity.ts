import { pathText } from '../../field-path.ts'
import type { Change, Ref } from '../../model.ts'
import { splitRef } from '../../ref.ts'

/**
 * How completely the resources of a snapshot were restored on a server. Each resource is in exactly one of the lists.
 */
export interface Fidelity {
  readonly kinds: readonly {
    readonly kind: string
    readonly of: number
    readonly identical: number
    readonly differing: readonly { readonly ref: Ref; readonly fields: readonly string[] }[]
    readonly missing: readonly Ref[]
    /** On the server, but not in the snapshot. */
    readonly added: readonly Ref[]
  }[]
}

/** Groups the differences between a snapshot and a server's export by kind. */
export function fidelityOf(refs: readonly Ref[], changes: readonly Change[], kinds: readonly string[]): Fidelity {
  const rows = kinds.map((kind) => {
    const own = changes.filter(({ ref }) => splitRef(ref).kind === kind)
    const of = refs.filter((ref) => splitRef(ref).kind === kind).length
    const differing = own.flatMap((change) =>
      change.action === 'update'
        ? [{ ref: change.ref, fields: change.fields.map(({ pointer }) => pathText(pointer)) }]
        : [],
    )
    const missing = own.filter(({ action }) => action === 'delete').map(({ ref }) => ref)
    const added = own.filter(({ action }) => action === 'create').map(({ ref }) => ref)
    return { kind, of, identical: of - differing.length - missing.length, differing, missing, added }
  })
  return { kinds: rows.filter(({ of, added }) => of + added.length > 0) }
}
