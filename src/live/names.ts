import type { Issue } from '../issue.ts'
import { isObject, type Json, type JsonObject, type Pointer, step } from '../json.ts'
import type { Kind, Names } from '../kind.ts'
import type { Ref, Server } from '../model.ts'
import { byRef } from '../ref.ts'

/** An object of a server, and the kind that it is of. */
export interface RawObject {
  readonly kind: Kind
  readonly raw: JsonObject
}
export type Index = ReadonlyMap<string, RawObject>

/** What names are looked up in. */
export interface RawIndex {
  readonly server: Server
  readonly index: Index
  /** Names that are settled already; those that are worked out are added. */
  readonly refs: Map<string, Ref | undefined>
  /** Whether all that will be read is in the index: before, nobody knows who holds an object. */
  readonly whole: boolean
  /** Names of objects that need not have been read. */
  readonly known: ReadonlyMap<string, Ref>
}

/** Says what stands for an object that was not found; `slot` is the kind that a slot is filled with. */
export type Absent = (id: string, slot?: string) => Ref | undefined

/** Where everything was read: nothing has the id. What pointed to it is told. */
export function gone(issues: Issue[]): Absent {
  return (_, slot) => {
    if (slot === undefined) return undefined
    const message = `a ${slot} is gone, but something still points to it; the reference is left out`
    issues.push({ code: 'detached', severity: 'warning', message })
    return undefined
  }
}

/** Where only named objects were read: a ref that shows the id, and that nothing has. */
export const notRead: Absent = (id, slot) => (slot === undefined ? undefined : `${slot}/(not read) ${id}`)

/**
 * Looks names up by id. A name is worked out when it is asked for, and kept, so that kinds may need each other's names
 * in any order.
 */
export function makeNames({ server, index, refs, known, whole }: RawIndex, absent: Absent): Names {
  let holders: ReadonlyMap<string, readonly Holder[]> | undefined
  const refOf = (id: Json | undefined): Ref | undefined => {
    if (typeof id !== 'string') return undefined
    const settled = known.get(id) ?? refs.get(id)
    if (settled || refs.has(id)) return settled
    const found = index.get(id)
    // Which of several with one name an object is cannot be told before all of them are there.
    if (!found || (found.kind.ambiguous && !whole)) return absent(id)
    const key = found.kind.key(found.raw, names)
    const worked: Ref | undefined = key === undefined ? undefined : `${found.kind.name}/${key}`
    refs.set(id, worked)
    return worked
  }
  const names: Names = {
    server,
    refOf,
    raw(id) {
      if (typeof id !== 'string') return undefined
      const found = index.get(id)
      if (!found) absent(id)
      return found?.raw
    },
    refForField: (kind, id) => (typeof id === 'string' ? (refOf(id) ?? absent(id, kind)) : undefined),
    holderOf(id) {
      if (!whole) absent(String(id))
      holders ??= holdersOf(index)
      const found = (holders.get(String(id)) ?? []).flatMap(({ id, pointer }) => {
        const ref = refOf(id)
        return ref ? [{ ref, pointer }] : []
      })
      return found.sort((a, b) => byRef(a.ref, b.ref) || (a.pointer < b.pointer ? -1 : 1))[0]
    },
  }
  return names
}

interface Holder {
  readonly id: string
  readonly pointer: Pointer
}

/** Which objects hold which ids, and where; an object's own id does not count. */
function holdersOf(index: Index): Map<string, Holder[]> {
  const holders = new Map<string, Holder[]>()
  for (const [holder, { raw }] of index) {
    walk(raw, '', (id, pointer) => {
      if (id === holder || !index.has(id)) return
      const known = holders.get(id)
      if (known) known.push({ id: holder, pointer })
      else holders.set(id, [{ id: holder, pointer }])
    })
  }
  return holders
}

function walk(value: Json, pointer: Pointer, found: (text: string, pointer: Pointer) => void): void {
  if (typeof value === 'string') found(value, pointer)
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, step(pointer, index), found)
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) walk(item, step(pointer, key), found)
}
