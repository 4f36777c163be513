import type { Issue, Place } from '../issue.ts'
import type { JsonObject, Pointer } from '../json.ts'
import type { Locate } from '../snapshot/yaml/locate.ts'
import type { ImportedDocument, Origin } from './reader.ts'

/** Collects the faults of a file, each with its place. */
export interface Faults {
  readonly issues: Issue[]
  error(code: Issue['code'], message: string, pointer: Pointer, fix?: string): void
  warn(code: Issue['code'], message: string, pointer: Pointer, fix?: string): void
  place(pointer: Pointer, onKey?: boolean): Place
}

/** Collects faults in a file whose values `place` finds. */
export function collectFaults(place: Locate, found: readonly Issue[] = []): Faults {
  const issues = [...found]
  const add = (severity: Issue['severity']) => (code: Issue['code'], message: string, pointer: Pointer, fix?: string) =>
    void issues.push({ code, severity, message, ...(fix ? { fix } : {}), place: place(pointer) })
  return { issues, error: add('error'), warn: add('warning'), place }
}

/**
 * A document whose values come from places of the file: `from` maps pointers of the document to pointers of the file. The longest
 * one that a pointer begins with counts; what follows is the same in both.
 */
export function documentFrom(
  document: JsonObject,
  place: Locate,
  from: Readonly<Record<Pointer, Pointer>>,
): ImportedDocument {
  const prefixes = Object.keys(from).sort((a, b) => b.length - a.length)
  const origin: Origin = (pointer, onKey) => {
    const prefix = prefixes.find((start) => start === '' || pointer === start || pointer.startsWith(`${start}/`))
    if (prefix === undefined) return place('')
    const rest = prefix === '' ? '' : pointer.slice(prefix.length)
    return place(`${from[prefix] ?? ''}${rest}`, onKey)
  }
  return { document, origin }
}
