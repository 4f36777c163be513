import type { Issue, IssueCode, Place } from '../issue.ts'
import { isObject, type JsonObject, type Pointer } from '../json.ts'
import { type Shape, shapeFaults } from './shape-faults.ts'
import { cutStream } from './yaml/documents.ts'
import { readValue } from './yaml/yaml-value.ts'

/** A file with one YAML document that is a mapping of settings, and all of its errors with their places. */
export interface SettingsDocument {
  /** Undefined if the file has no document; empty if it cannot be used. */
  readonly value: JsonObject | undefined
  readonly issues: readonly Issue[]
  /** The place of a value, or of its key. */
  place(pointer: Pointer, onKey?: boolean): Place
}

/** What a file of settings has to be, and how its errors are reported. */
export interface SettingsForm {
  readonly shape: Shape
  readonly code: IssueCode
  /** What the file is, for a sentence: `A policy file`. */
  readonly noun: string
}

/** Reads a file of settings. */
export function readSettingsDocument(
  file: string,
  text: string,
  { shape, code, noun }: SettingsForm,
): SettingsDocument {
  const start: Place = { file, line: 1, column: 1 }
  const invalid = (message: string, place: Place, fix?: string): Issue => ({
    code,
    severity: 'error',
    message,
    place,
    ...(fix ? { fix } : {}),
  })
  const nothing = { value: undefined, issues: [], place: () => start }
  const [chunk, second] = cutStream(file, text)
  if (!chunk) return nothing
  if (second)
    return { ...nothing, value: {}, issues: [invalid(`${noun} is one document.`, { ...start, line: second.line })] }
  const read = readValue(chunk)
  if (!('value' in read)) return { ...nothing, value: {}, issues: read.issues.map((issue) => ({ ...issue, code })) }
  const issues = shapeFaults(shape, read.value).map(({ pointer, message, fix, onKey }) =>
    invalid(message, read.place(pointer, onKey), fix),
  )
  return { value: isObject(read.value) ? read.value : {}, issues, place: read.place }
}
