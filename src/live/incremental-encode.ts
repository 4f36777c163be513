import type { Issue } from '../issue.ts'
import type { JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Ref, Server } from '../model.ts'
import { encodeOne } from './encode.ts'
import { makeNames, type RawIndex, type RawObject } from './names.ts'

/**
 * Takes in the objects of a server, and encodes them while the server is still busy with the next ones. An object whose
 * every name is known by then is the same as it would be when everything has been read; another one waits until it has.
 */
export interface IncrementalEncoder {
  /** Objects of a kind. One that comes again, because somebody writes meanwhile, is what it was the first time. */
  take(kind: Kind, objects: readonly JsonObject[]): void
  /** A kind has been read to its end: what waited for one of its objects is tried again. Answers how many it has. */
  ended(kind: Kind): number
  /** What is done already. */
  readonly done: ReadonlyMap<string, LiveResource>
  /** All that was taken in, but for objects that are done and that nobody looks at. */
  readonly found: RawIndex
  /** What there is to tell of those that are done. */
  readonly issues: readonly Issue[]
  /** Ends the work. What is not done is left to who has read everything. */
  close(): void
}

/** Objects that are encoded before others get their turn: an answer that has arrived must not wait long. */
const turn = 50

/** Nothing but that a name is not known yet. */
const notYet = new Error('not read yet')

/** Begins with names that are known already; each resource is what `made` makes of it. */
export function startIncrementalEncode(
  server: Server,
  known: ReadonlyMap<string, Ref>,
  made: (resource: LiveResource) => LiveResource,
): IncrementalEncoder {
  const index = new Map<string, RawObject>()
  const found = { server, index, known, refs: new Map<string, Ref | undefined>() }
  const names = makeNames({ ...found, whole: false }, () => {
    throw notYet
  })
  const done = new Map<string, LiveResource>()
  const counts = new Map<string, number>()
  const issues: Issue[] = []
  let waiting: RawObject[] = []
  const turns = openTurns<RawObject>((one) => {
    try {
      const told: Issue[] = []
      const resource = encodeOne(one.kind, one.raw, names, told)
      if (!resource) return
      issues.push(...told)
      if (one.kind.dropAfterEncode) index.delete(resource.id)
      done.set(resource.id, made(resource))
    } catch {
      // A fault is met again, and told, when all have been read.
      waiting.push(one)
    }
  })
  return {
    take(kind, objects) {
      for (const raw of objects) {
        const id = String(raw.id)
        if (index.has(id) || done.has(id)) continue
        index.set(id, { kind, raw })
        counts.set(kind.name, (counts.get(kind.name) ?? 0) + 1)
        if (!kind.ambiguous) turns.add([{ kind, raw }])
      }
    },
    ended({ name }) {
      turns.add(waiting)
      waiting = []
      return counts.get(name) ?? 0
    },
    done,
    issues,
    found: { ...found, whole: true },
    close: turns.stop,
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
