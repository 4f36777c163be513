import { isObject, type Json, type JsonObject, type Pointer, sameJson, step, steps } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Resource } from '../model.ts'
import { canonicalSpec } from '../spec.ts'

/*
 * A kind may sort a list, such as schedules by their slugs. People count its items as they are written, in their text and in the
 * pointers of an overlay.
 */

/**
 * Converts pointers into a canonical resource to those into its document as it is written. The document is read only if the
 * pointer leads into a list that the kind may sort.
 */
export function writtenPointers(
  kind: Kind,
  resource: Resource,
  read: () => Json | undefined,
): (pointer: Pointer) => Pointer {
  // There may be a fault in each of thousands of items.
  const lists = new Map<string, ReturnType<typeof listsOf>>()
  return (pointer) =>
    movedPointer(pointer, (name, index) => {
      const found = lists.get(name) ?? listsOf(kind, resource, read, name)
      lists.set(name, found)
      const [written, items] = found
      return written && items && indexOfSame(written, items[index], index)
    })
}

/** The pointer into a canonical resource that leads to the value of its document as it is written. */
export function canonicalPointer(kind: Kind, resource: Resource, document: Json, pointer: Pointer): Pointer {
  return movedPointer(pointer, (name, index) => {
    const [written, items] = listsOf(kind, resource, () => document, name)
    return written && items && indexOfSame(items, written[index], index)
  })
}

/** The canonical document of a resource, with lists in the order in which a document has them. */
export function inWrittenOrder(kind: Kind, resource: Resource, canonical: JsonObject, document: Json): JsonObject {
  const spec: Record<string, Json> = isObject(canonical.spec) ? { ...canonical.spec } : {}
  for (const name of Object.keys(spec)) {
    const [written, items] = listsOf(kind, resource, () => document, name)
    const isSame =
      written?.length === items?.length && written?.every((item) => items?.some((one) => sameJson(one, item)))
    if (written && isSame) spec[name] = written
  }
  return canonical.spec === undefined ? canonical : { ...canonical, spec }
}

function movedPointer(pointer: Pointer, moved: (name: string, index: number) => number | undefined): Pointer {
  const [part, name = '', index, ...rest] = steps(pointer)
  if (part !== 'spec' || index === undefined || !/^\d+$/.test(index)) return pointer
  return [moved(name, Number(index)) ?? index, ...rest].reduce<Pointer>(step, step('/spec', name))
}

/** The canonical items of a list that a kind may sort: in the order of the document, and in its own. */
function listsOf(kind: Kind, resource: Resource, read: () => Json | undefined, name: string) {
  const items = resource.spec[name]
  if (!kind.fields[name]?.normalize || !Array.isArray(items)) return []
  const document = read() ?? null
  const written = isObject(document) && isObject(document.spec) ? document.spec[name] : undefined
  if (!Array.isArray(written)) return []
  const canonical = (item: Json): Json => {
    const list = canonicalSpec(kind, { [name]: [item] } as JsonObject)[name]
    return (Array.isArray(list) ? list[0] : undefined) ?? null
  }
  return [written.map(canonical), items as readonly Json[]] as const
}

/** Where an item is in a list, at best at the same index. */
function indexOfSame(list: readonly Json[], item: Json | undefined, index: number): number | undefined {
  if (item === undefined || sameJson(list[index], item)) return undefined
  const found = list.findIndex((one) => sameJson(one, item))
  return found < 0 ? undefined : found
}
