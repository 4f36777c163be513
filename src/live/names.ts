import type { Issue } from '../issue.ts'
import { isObject, type Json, type JsonObject, type Pointer, step } from '../json.ts'
import type { Kind, Names } from '../kind.ts'
import type { Ref, Server } from '../model.ts'
import { byRef, refOfUnread } from '../ref.ts'

/** An object of a server, and its kind. */
export interface RawObject {
  readonly kind: Kind
  readonly raw: JsonObject
}
/** Objects by id. */
export type Index = ReadonlyMap<string, RawObject>

/** The objects among which names are looked up. */
export interface RawIndex {
  readonly server: Server
  readonly index: Index
  /** Names that are known already, by id; those that are looked up are added. */
  readonly refs: Map<string, Ref | undefined>
  /** Whether every object that will be read is in the index: before that, the holder of an object is not known. */
  readonly whole: boolean
  /** Names of objects that need not have been read, by id. */
  readonly known: ReadonlyMap<string, Ref>
}

/** What stands for an object that is not in the index; `kind` is given where the id fills a ref field of that kind. */
export type Unresolved = (id: string, kind?: string) => Ref | undefined

/** Where everything was read, no object has the id: a ref field that points to it is reported and left out. */
export function reportGone(issues: Issue[]): Unresolved {
  return (_, kind) => {
    if (kind === undefined) return undefined
    const message = `A ${kind} is gone, but a resource still points to it. The reference is left out.`
    issues.push({ code: 'orphaned-ref', severity: 'warning', message })
    return undefined
  }
}

/** Where only wanted objects were read: a ref that shows the id and that no resource has. */
export const unreadObject: Unresolved = (id, kind) => (kind === undefined ? undefined : refOfUnread(kind, id))

/** Looks names up by id. A name is worked out on first use and kept, so that kinds may need each other's names in any order. */
export function makeNames({ server, index, refs, known, whole }: RawIndex, unresolved: Unresolved): Names {
  let holders: ReadonlyMap<string, readonly Holder[]> | undefined
  const refOf = (id: Json | undefined): Ref | undefined => {
    if (typeof id !== 'string') return undefined
    const kept = known.get(id) ?? refs.get(id)
    if (kept || refs.has(id)) return kept
    const object = index.get(id)
    // Objects of one name cannot be told apart before all of them are there.
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

/** Which objects contain which ids, and where; an object's own id does not count. */
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
