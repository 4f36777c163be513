import type { Issue } from '../issue.ts'
import { isObject, type Json, type JsonObject, type Pointer, step } from '../json.ts'
import type { Kind, Names } from '../kind.ts'
import type { Ref, Server } from '../model.ts'
import { byRef, refOfUnread } from '../ref.ts'

/** A server's object and its kind. */
export interface RawObject {
  readonly kind: Kind
  readonly raw: JsonObject
}
/** Objects by ID. */
export type Index = ReadonlyMap<string, RawObject>

/** The objects for looking up names. */
export interface RawIndex {
  readonly server: Server
  readonly index: Index
  /** Refs by ID; extended with each lookup. */
  readonly refs: Map<string, Ref | undefined>
  /** Whether the index is complete; before that, the owner of an object is not known. */
  readonly whole: boolean
  /** Refs that are known without reading the objects, by ID. */
  readonly known: ReadonlyMap<string, Ref>
}

/** Handles the ID of an object that is not in the index; `kind` is set if the ID is in a ref field of that kind. */
export type Unresolved = (id: string, kind?: string) => Ref | undefined

/** After a complete read, no object has the ID: the reference is reported and omitted. */
export function reportGone(issues: Issue[]): Unresolved {
  return (_, kind) => {
    if (kind === undefined) return undefined
    const message = `A ${kind} is gone, but a resource still points to it. The reference is left out.`
    issues.push({ code: 'orphaned-ref', severity: 'warning', message })
    return undefined
  }
}

/** After a partial read, returns a ref that contains the ID and that no resource has. */
export const unreadObject: Unresolved = (id, kind) => (kind === undefined ? undefined : refOfUnread(kind, id))

/**
 * Looks up refs by ID. Computed on first use and cached, so that kinds can depend on each other's names in any order.
 */
export function makeNames({ server, index, refs, known, whole }: RawIndex, unresolved: Unresolved): Names {
  let holders: ReadonlyMap<string, readonly Holder[]> | undefined
  const refOf = (id: Json | undefined): Ref | undefined => {
    if (typeof id !== 'string') return undefined
    const kept = known.get(id) ?? refs.get(id)
    if (kept || refs.has(id)) return kept
    const object = index.get(id)
    // Objects with the same name can only be distinguished after all of them were read.
    if (!object || (object.kind.ambiguous && !whole)) return unresolved(id)
    const key = object.kind.key(object.raw, names)
    const ref: Ref | undefined = key === undefined ? undefined : `${object.kind.name}/${key}`
    refs.set(id, ref)
    return ref
  }
  const names: Names = {
    server,
    refOf,
    raw(id) {
      if (typeof id !== 'string') return undefined
      const object = index.get(id)
      if (!object) unresolved(id)
      return object?.raw
    },
    refForField: (kind, id) => (typeof id === 'string' ? (refOf(id) ?? unresolved(id, kind)) : undefined),
    holderOf(id) {
      if (!whole) unresolved(String(id))
      holders ??= holdersOf(index)
      const named = (holders.get(String(id)) ?? []).flatMap(({ id, pointer }) => {
        const ref = refOf(id)
        return ref ? [{ ref, pointer }] : []
      })
      return named.sort((a, b) => byRef(a.ref, b.ref) || (a.pointer < b.pointer ? -1 : 1))[0]
    },
  }
  return names
}

interface Holder {
  readonly id: string
  readonly pointer: Pointer
}

/** The objects that contain an ID, with pointers, except the object itself. */
function holdersOf(index: Index): Map<string, Holder[]> {
  const holders = new Map<string, Holder[]>()
  for (const [id, { raw }] of index) {
    visitTexts(raw, '', (text, pointer) => {
      if (text === id || !index.has(text)) return
      const others = holders.get(text)
      if (others) others.push({ id, pointer })
      else holders.set(text, [{ id, pointer }])
    })
  }
  return holders
}

function visitTexts(value: Json, pointer: Pointer, visit: (text: string, pointer: Pointer) => void): void {
  if (typeof value === 'string') visit(value, pointer)
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) visitTexts(item, step(pointer, index), visit)
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) visitTexts(item, step(pointer, key), visit)
}
