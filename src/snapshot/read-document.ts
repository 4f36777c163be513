import type { Issue, Place } from '../issue.ts'
import { isItem, isObject, type JsonObject, type Pointer, step, steps, valueAt, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import { append } from '../list-at.ts'
import type { Placeholder, Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { Secret } from '../secret.ts'
import { canonicalSpec } from '../spec.ts'
import { isMisplaced } from './directory-layout.ts'
import { fileOf, headerFile } from './file-name.ts'
import { tokenFaults, type Validate } from './validate-document.ts'
import type { Chunk } from './yaml/documents.ts'
import { locator } from './yaml/locate.ts'
import { type Limits, readValue } from './yaml/yaml-value.ts'

/** The state of reading a snapshot; each document adds to it. */
export interface Reading {
  readonly kinds: readonly Kind[]
  readonly limits: Limits
  readonly validate: Validate
  readonly issues: Issue[]
  readonly chunks: Map<Ref, Chunk>
  readonly resources: Resource[]
  /** Resources whose documents have errors. */
  readonly faulty: Set<Ref>
  /** Files whose names belong to other resources; reported once each. */
  readonly misplaced: Set<string>
}

/** One document, and a function that reports its faults. */
interface Document {
  readonly value: JsonObject
  readonly chunk: Chunk
  /** The file within a directory. */
  readonly within: string | undefined
  readonly fail: (fault: DocumentFault, on?: 'key') => void
}

type DocumentFault = Pick<Issue, 'code' | 'message' | 'fix'> & {
  readonly pointer: Pointer
  readonly severity?: 'warning' | undefined
}

/** Reads one document; returns it if it is the header. */
export function readChunk(
  reading: Reading,
  chunk: Chunk,
  first: boolean,
  hasHeader: boolean,
  within: string | undefined,
): JsonObject | undefined {
  const read = readValue(chunk, reading.limits.levels)
  append(reading.issues, read.issues)
  if (!('value' in read)) return undefined
  const { value, place } = read
  const fail: Document['fail'] = ({ code, severity, message, pointer, fix }, on) =>
    reading.issues.push({
      code,
      severity: severity ?? 'error',
      message,
      pointer,
      place: place(pointer, on === 'key'),
      ...(fix ? { fix } : {}),
    })
  if (!isObject(value)) {
    fail({ code: 'invalid-value', message: 'A document must be a mapping with kind and key.', pointer: '' })
    return undefined
  }
  const document = { value, chunk, within, fail }
  if (value.kind === 'snapshot') return readHeader(reading, document, hasHeader)
  if (first) reading.issues.push(noHeader(place(''), within))
  readResource(reading, document)
  return undefined
}

function readHeader(reading: Reading, document: Document, hasHeader: boolean): JsonObject {
  const { value, fail } = document
  if (hasHeader)
    fail({ code: 'duplicate-key', message: 'A snapshot has one header, its first document.', pointer: '/kind' })
  if (value.version !== undefined && value.version !== 1)
    fail({
      code: 'unsupported-version',
      message: `This tool reads version 1 of the format, but the file has version ${writeJson(value.version)}.`,
      pointer: '/version',
      fix: 'Use a newer release of prefect-snapshot.',
    })
  else fitsSchema(reading, document)
  return value
}

function fitsSchema(reading: Reading, { value, fail }: Document): boolean {
  const faults = reading.validate(value)
  for (const { onKey, ...fault } of faults) fail(fault, onKey ? 'key' : undefined)
  return faults.length === 0
}

function readResource(reading: Reading, document: Document): void {
  const { value, chunk, fail } = document
  const isValid = fitsSchema(reading, document)
  const kind = reading.kinds.find(({ name }) => name === value.kind)
  if (!kind || typeof value.key !== 'string') return
  if (!isValid) {
    reading.faulty.add(`${kind.name}/${value.key}`)
    return
  }
  const resource = resourceOf(kind, value, value.key)
  checkContent(kind, resource, document)
  const ref = refOf(resource)
  const other = reading.chunks.get(ref)
  if (other) {
    const at = locator(other)('/key')
    const message = `${ref} is written twice; the other one is at ${at.file}:${at.line}.`
    fail({ code: 'duplicate-key', message, pointer: '/key', fix: 'Remove one of them.' })
    return
  }
  checkFileName(reading, resource, document)
  reading.chunks.set(ref, chunk)
  reading.resources.push(resource)
}

/** Checks what a schema cannot: tokens, secrets, and the kind's own rules. */
function checkContent(kind: Kind, resource: Resource, { value, fail }: Document): void {
  for (const fault of tokenFaults(kind, value)) fail({ ...fault, code: 'invalid-token' })
  for (const pointer of Object.keys(resource.secrets)) {
    const [name = ''] = steps(pointer)
    if (Object.hasOwn(kind.fields, name)) continue
    const message = `The spec of a ${kind.name} has no field "${name}", so it cannot have a secret there.`
    fail({ code: 'invalid-secret', message, pointer: step('/secrets', pointer) }, 'key')
  }
  for (const pointer of filledTwice(resource)) {
    const message = `Both spec and secrets have a value at ${pointer}.`
    fail({ code: 'invalid-secret', message, pointer: '/secrets', fix: 'Remove one of them.' })
  }
  for (const fault of kind.check?.(resource) ?? []) fail(fault)
}

/** Warns if a file in a directory has the name of another resource; once per file. */
function checkFileName(reading: Reading, resource: Resource, { within, fail }: Document): void {
  if (within === undefined || reading.misplaced.has(within) || !isMisplaced(within, resource, reading.kinds)) return
  reading.misplaced.add(within)
  fail({
    code: 'file-name-mismatch',
    severity: 'warning',
    message: `The document is ${refOf(resource)}, whose file name is ${fileOf(resource)}.`,
    pointer: '/key',
    fix: 'Rename the file, or correct the key.',
  })
}

/** The issue for a missing header. */
export function noHeader(place: Place, within?: string): Issue {
  const start = within === undefined ? 'Begin the file with' : `Put this into ${headerFile} of the directory`
  return {
    code: 'no-header',
    severity: 'error',
    message: 'The first document must be the header of the snapshot.',
    fix: `${start}: kind: snapshot, version: 1.`,
    place,
  }
}

/** Builds a resource in canonical form from a valid document. */
function resourceOf(kind: Kind, document: JsonObject, key: string): Resource {
  const {
    refs = {},
    spec = {},
    secrets = {},
    keep,
  } = document as {
    refs?: Record<string, Ref>
    spec?: JsonObject
    secrets?: Record<Pointer, JsonObject>
    keep?: readonly string[]
  }
  const placeholders = Object.entries(secrets).map(([pointer, source]): [Pointer, Placeholder] => [
    pointer,
    source.plain === undefined ? (source as unknown as Placeholder) : { plain: new Secret(source.plain) },
  ])
  const common = {
    kind: kind.name,
    key,
    refs,
    spec: canonicalSpec(kind, spec),
    secrets: Object.fromEntries(placeholders),
  }
  return keep && keep.length > 0 ? { ...common, keep } : common
}

function filledTwice({ spec, secrets }: Resource): Pointer[] {
  return Object.keys(secrets).filter((pointer) => {
    const value = valueAt(spec, pointer)
    // A list item is replaced by null, so that the others keep their indexes.
    return value !== undefined && !(value === null && isItem(spec, pointer))
  })
}
