import type { JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { documentOf } from '../snapshot/format.ts'
import type { Origin, Parsed } from '../snapshot/parse.ts'
import { canonicalPointer, inWrittenOrder } from '../snapshot/written-pointer.ts'

/** The canonical document of a resource, with lists in the order of its text or of the overlay before. */
export function writtenDocument(kind: Kind, resource: Resource, { writtenOf }: Parsed): JsonObject {
  const document = documentOf(resource)
  const sorts = Object.keys(resource.spec).some((name) => kind.fields[name]?.normalize)
  const written = sorts ? writtenOf?.(refOf(resource)) : undefined
  return written === undefined ? document : inWrittenOrder(kind, resource, document, written)
}

/** Changes of a document as changes of its resource, which may have the items of a list in another order. */
export function canonicalOrigins(
  origins: readonly Origin[],
  document: JsonObject,
  kind: Kind,
  resource: Resource | undefined,
): readonly Origin[] {
  if (!resource) return origins
  return origins.map((origin) => ({ ...origin, pointer: canonicalPointer(kind, resource, document, origin.pointer) }))
}
