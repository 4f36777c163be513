import type { JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Ref, Server } from '../model.ts'
import { encodeOne } from './encode.ts'
import { type Index, type Known, makeNames } from './names.ts'

/**
 * Encodes objects while a server is still busy with the next ones. An object whose every name is known by then is the same
 * as it would be when everything has been read; another one waits, at last until everything has.
 */
export interface Early {
  /** Objects of a kind, before the kind has been read to its end. */
  arrived(kind: Kind, objects: readonly JsonObject[]): void
  /** All objects of a kind. What waited for one of them is tried again. */
  ended(kind: Kind, objects: readonly JsonObject[]): void
  /** The resources of objects that are done; none where what was read in the end is not what arrived. */
  done(index: Index): ReadonlyMap<JsonObject, LiveResource>
}

/** Objects that are encoded before others get their turn: an answer that has arrived must not wait long. */
const turn = 50

/** Nothing but that a name is not known yet. */
const notYet = new Error('not read yet')

/** Begins with what is known already; `tell` is told of each resource. */
export function openEarly(
  server: Server,
  known: ReadonlyMap<string, Ref>,
  tell: ((resource: LiveResource) => void) | undefined,
): Early {
  const index = new Map<string, Known>()
  const names = makeNames({ server, index, known, refs: new Map(), whole: false }, () => {
    throw notYet
  })
  const done = new Map<JsonObject, LiveResource>()
  let waiting: Known[] = []
  let changed = false
  const turns = openTurns<Known>((one) => {
    try {
      const resource = encodeOne(one.kind, one.raw, names, [])
      if (!resource) return
      done.set(one.raw, resource)
      tell?.(resource)
    } catch {
      // A fault is met again, and told, when all have been read.
      waiting.push(one)
    }
  })
  const arrived = (kind: Kind, objects: readonly JsonObject[]) => {
    // Which of several with one name an object is cannot be told before all of them are there.
    for (const raw of kind.ambiguous ? [] : objects) {
      const before = index.get(String(raw.id))
      if (before?.raw === raw) continue
      // Somebody writes meanwhile, and what was encoded may name what is no more.
      changed ||= before !== undefined
      index.set(String(raw.id), { kind, raw })
      turns.add([{ kind, raw }])
    }
  }
  return {
    arrived,
    ended(kind, objects) {
      arrived(kind, objects)
      turns.add(waiting)
      waiting = []
    },
    done(read) {
      turns.stop()
      const same = !changed && [...index].every(([id, { raw }]) => read.get(id)?.raw === raw)
      return same ? done : new Map()
    },
  }
}

/** Does work a few at a time, between what else there is to do. */
function openTurns<T>(work: (item: T) => void) {
  let open: T[] = []
  let scheduled = false
  const go = () => {
    for (const item of open.splice(0, turn)) work(item)
    scheduled = open.length > 0
    if (scheduled) setImmediate(go)
  }
  return {
    add(items: readonly T[]) {
      for (const item of items) open.push(item)
      if (!scheduled && open.length > 0) setImmediate(go)
      scheduled = open.length > 0
    },
    stop() {
      open = []
    },
  }
}
