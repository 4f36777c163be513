import { define, type Json, type JsonObject } from '../json.ts'
import type { Placeholder, Resource, Scope, Snapshot } from '../model.ts'
import { writeYaml } from './yaml/write-yaml.ts'

/** The header document of a snapshot. */
export function headerOf({ version, source, scope, external = [], moved }: Snapshot): JsonObject {
  return {
    kind: 'snapshot',
    version,
    ...(source ? { source: { ...source } } : {}),
    scope: scopeDocument(scope),
    ...(external.length > 0 ? { external } : {}),
    ...(moved.length > 0 ? { moved: moved.map(({ from, to }) => ({ from, to })) } : {}),
  }
}

/** A narrowed scope applies to one command only and is never written. */
function scopeDocument({ include, exclude, tags, kinds, dependents, dependencies, incomplete }: Scope): JsonObject {
  return {
    include,
    exclude,
    ...(tags ? { tags } : {}),
    ...(kinds ? { kinds } : {}),
    ...(dependents ? { dependents } : {}),
    ...(dependencies === false ? { dependencies } : {}),
    incomplete,
  }
}

/** Converts a resource to a document without empty parts. `plain` secrets are written in clear text. */
export function documentOf({ kind, key, refs, spec, secrets, keep = [] }: Resource): JsonObject {
  const placeholders: Record<string, Json> = {}
  for (const [pointer, placeholder] of Object.entries(secrets))
    define(placeholders, pointer, placeholderOf(placeholder))
  return {
    kind,
    key,
    ...(Object.keys(refs).length > 0 ? { refs: { ...refs } } : {}),
    ...(Object.keys(spec).length > 0 ? { spec } : {}),
    ...(Object.keys(placeholders).length > 0 ? { secrets: placeholders } : {}),
    ...(keep.length > 0 ? { keep } : {}),
  }
}

function placeholderOf(placeholder: Placeholder): Json {
  // Only if the user asked for plain secrets: `export` gives every other placeholder a source.
  return 'plain' in placeholder ? { plain: placeholder.plain.reveal() } : { ...placeholder }
}

/** Formats one document. */
export function formatDocument(document: JsonObject): string {
  return writeYaml(document)
}

/** Formats a resource as a document. */
export function resourceText(resource: Resource): string {
  return formatDocument(documentOf(resource))
}

const marker = '---\n'

/** Formats a snapshot as one stream of documents. Deterministic. */
export function formatSnapshot(snapshot: Snapshot): string {
  return [formatDocument(headerOf(snapshot)), ...snapshot.resources.map(resourceText)].join(marker)
}

/** Encodes a resource as a document. */
export function resourceBytes(resource: Resource): Buffer {
  return Buffer.from(resourceText(resource))
}

/** Encodes a snapshot. `bytesOf` returns the encoded document of a resource. */
export function encodeSnapshot(snapshot: Snapshot, bytesOf: (resource: Resource) => Buffer): Buffer {
  const between = Buffer.from(marker)
  const header = Buffer.from(formatDocument(headerOf(snapshot)))
  return Buffer.concat([header, ...snapshot.resources.flatMap((resource) => [between, bytesOf(resource)])])
}
