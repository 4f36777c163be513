import type { Issue } from '../issue.ts'
import { isObject, type Json, type JsonObject, type Pointer, step } from '../json.ts'
import type { Kind, Names } from '../kind.ts'
import type { Ref, Server } from '../model.ts'
import { byRef } from '../ref.ts'

/** An object of a server, and the kind that it is of. */
export interface Known {
  readonly kind: Kind
  readonly raw: JsonObject
}
export type Index = ReadonlyMap<string, Known>

export function indexOf(kinds: readonly Kind[], raws: ReadonlyMap<string, readonly JsonObject[]>): Index {
  const index = new Map<string, Known>()
  for (const kind of kinds) {
    for (const raw of raws.get(kind.name) ?? []) index.set(String(raw.id), { kind, raw })
  }
  return index
}

/**
 * Looks names up by id. A key is worked out when it is asked for, and kept, so that kinds may need each other's keys
 * in any order. `keys` are those that are settled already, `known` the names of objects that need not have been read.
 */
export function makeNames(
  server: Server,
  index: Index,
  keys: Map<string, string | undefined>,
  known: ReadonlyMap<string, Ref>,
  complete: boolean,
  issues: Issue[],
): Names {
  let holders: ReadonlyMap<string, readonly Holder[]> | undefined
  const refOf = (id: Json | undefined): Ref | undefined => {
    if (typeof id !== 'string') return undefined
    const ref = known.get(id)
    const found = index.get(id)
    if (ref || !found) return ref
    if (!keys.has(id)) keys.set(id, found.kind.key(found.raw, names))
    const key = keys.get(id)
    return key === undefined ? undefined : `${found.kind.name}/${key}`
  }
  const names: Names = {
    server,
    refOf,
    raw: (id) => (typeof id === 'string' ? index.get(id)?.raw : undefined),
    slot(kind, id) {
      if (typeof id !== 'string') return undefined
      const ref = refOf(id)
      if (ref) return ref
      if (!complete) return `${kind}/(not read) ${id}`
      const message = `a ${kind} is gone, but something still points to it; the reference is left out`
      issues.push({ code: 'detached', severity: 'warning', message })
      return undefined
    },
    holderOf(id) {
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
