import { isObject, type Json, type JsonObject, type Pointer, sameJson, step, steps } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Resource } from '../model.ts'
import { canonicalSpec } from '../spec.ts'

/**
 * The pointer into a document as it is written that leads to the value of a canonical resource: a kind may sort a list, such as
 * schedules by their slugs.
 */
export function writtenPointer(kind: Kind, resource: Resource, document: Json, pointer: Pointer): Pointer {
  const [part, name = '', index, ...rest] = steps(pointer)
  if (part !== 'spec' || index === undefined || !kind.fields[name]?.normalize) return pointer
  const written = isObject(document) && isObject(document.spec) ? document.spec[name] : undefined
  const [items, item] = [resource.spec[name], itemAt(resource.spec[name], Number(index))]
  if (!Array.isArray(written) || !Array.isArray(items) || item === undefined) return pointer
  const isItem = (value: Json | undefined) =>
    value !== undefined && sameJson(itemAt(canonicalSpec(kind, { [name]: [value] } as JsonObject)[name], 0), item)
  if (isItem(written[Number(index)])) return pointer
  const found = written.findIndex(isItem)
  return found < 0 ? pointer : [found, ...rest].reduce<Pointer>(step, step('/spec', name))
}

function itemAt(list: Json | undefined, index: number): Json | undefined {
  return Array.isArray(list) ? list[index] : undefined
}
