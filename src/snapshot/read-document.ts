import type { Issue, Place } from '../issue.ts'
import { isObject, type JsonObject, type Pointer, step, steps, valueAt, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Placeholder, Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { Secret } from '../secret.ts'
import { canonicalSpec, isItem } from '../spec.ts'
import { isMisplaced } from './directory-layout.ts'
import { fileOf, headerFile } from './file-name.ts'
import { tokenFaults, type Validate } from './validate-document.ts'
import type { Chunk } from './yaml/documents.ts'
import { locator } from './yaml/locate.ts'
import { type Limits, readValue } from './yaml/yaml-value.ts'

/** What has been read of a snapshot so far; each document adds to it. */
export interface Reading {
  readonly kinds: readonly Kind[]
  readonly limits: Limits
  readonly validate: Validate
  readonly issues: Issue[]
  readonly chunks: Map<Ref, Chunk>
  readonly resources: Resource[]
  /** Resources that are written, but not so that they could be read. */
  readonly faulty: Set<Ref>
  /** Files that hold another resource than their name says; told once each. */
  readonly misplaced: Set<string>
}

/** Reads one document; answers it if it is the header. */
export function readChunk(
  reading: Reading,
  chunk: Chunk,
  first: boolean,
  hasHeader: boolean,
  within: string | undefined,
): JsonObject | undefined {
  const read = readValue(chunk, reading.limits.levels)
  reading.issues.push(...read.issues)
  if (!('value' in read)) return undefined
  const { value, place } = read
  const fail = (
    code: Issue['code'],
    message: string,
    pointer: Pointer,
    fix?: string,
    onKey = false,
    severity: Issue['severity'] = 'error',
  ) =>
    reading.issues.push({
      code,
      severity,
      message,
      pointer,
      place: place(pointer, onKey),
      ...(fix ? { fix } : {}),
    })
  if (!isObject(value)) {
    fail('invalid-value', 'A document must be a mapping with kind and key.', '')
    return undefined
  }
  const isHeader = value.kind === 'snapshot'
  if (first && !isHeader) reading.issues.push(noHeader(place(''), within))
  if (isHeader && hasHeader) fail('duplicate-key', 'A snapshot has one header, its first document.', '/kind')
  if (isHeader && value.version !== undefined && value.version !== 1) {
    fail(
      'unsupported-version',
      `This tool reads version 1 of the format, but the file has version ${writeJson(value.version)}.`,
      '/version',
      'Use a newer release of prefect-snapshot.',
    )
    return value
  }
  const faults = reading.validate(value)
  for (const { code, message, pointer, fix, onKey } of faults) fail(code, message, pointer, fix, onKey)
  if (isHeader) return value
  const kind = reading.kinds.find(({ name }) => name === value.kind)
  if (!kind || typeof value.key !== 'string') return undefined
  if (faults.length > 0) {
    reading.faulty.add(`${kind.name}/${value.key}`)
    return undefined
  }
  for (const { message, pointer, fix } of tokenFaults(kind, value)) fail('invalid-token', message, pointer, fix)
  const resource = resourceOf(kind, value, value.key)
  for (const pointer of Object.keys(resource.secrets)) {
    const [name = ''] = steps(pointer)
    if (!Object.hasOwn(kind.fields, name))
      fail(
        'invalid-secret',
        `The spec of a ${kind.name} has no field "${name}", so it cannot have a secret there.`,
        step('/secrets', pointer),
        undefined,
        true,
      )
  }
  for (const pointer of filledTwice(resource))
    fail('invalid-secret', `Both spec and secrets have a value at ${pointer}.`, `/secrets`, 'Remove one of them..')
  for (const { code, severity, pointer, message, fix } of kind.check?.(resource) ?? [])
    fail(code, message, pointer, fix, false, severity)
  const ref = refOf(resource)
  const other = reading.chunks.get(ref)
  if (other) {
    const at = locator(other)('/key')
    fail(
      'duplicate-key',
      `${ref} is written twice; the other one is at ${at.file}:${at.line}`,
      '/key',
      'Remove one of them..',
    )
    return undefined
  }
  if (within !== undefined && !reading.misplaced.has(within) && isMisplaced(within, resource, reading.kinds)) {
    reading.misplaced.add(within)
    const message = `The document is ${ref}, whose file name is ${fileOf(resource)}.`
    fail('file-name-mismatch', message, '/key', 'Rename the file, or correct the key.', false, 'warning')
  }
  reading.chunks.set(ref, chunk)
  reading.resources.push(resource)
  return undefined
}

/** Where the header should be, and is not. */
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

/** A resource in canonical form, from a document that fits its schema. */
function resourceOf(kind: Kind, document: JsonObject, key: string): Resource {
  const {
    refs = {},
    spec = {},
    secrets = {},
  } = document as { refs?: Record<string, Ref>; spec?: JsonObject; secrets?: Record<Pointer, JsonObject> }
  const placeholders = Object.entries(secrets).map(([pointer, source]): [Pointer, Placeholder] => [
    pointer,
    source.plain === undefined ? (source as unknown as Placeholder) : { plain: new Secret(source.plain) },
  ])
  return { kind: kind.name, key, refs, spec: canonicalSpec(kind, spec), secrets: Object.fromEntries(placeholders) }
}

function filledTwice({ spec, secrets }: Resource): Pointer[] {
  return Object.keys(secrets).filter((pointer) => {
    const value = valueAt(spec, pointer)
    // An item of a list keeps its place.
    return value !== undefined && !(value === null && isItem(spec, pointer))
  })
}
