import type { Issue } from '../issue.ts'
import { isNumber, isObject, type Json, type JsonObject, type Pointer, step } from '../json.ts'
import type { Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { lint, loadRules } from './lint-text.ts'
import { secretNameOf } from './secret-names.ts'

/** Finds values outside of secret fields that look like secrets, by the rules of secretlint and `scan-rules.ts`. */
export interface SecretScanner {
  /** Adds a resource. Scans start when enough text has been added. */
  at(resource: Resource): void
  /** Returns one warning per suspicious value, with its position and the matching rule, and no part of the value. */
  found(resources: readonly Resource[]): Promise<Issue[]>
}

/**
 * Size of the first and the largest scanned text, in characters. A scan has a fixed cost of about a millisecond, and
 * the text is kept until it is done. The first scans are smaller, so that the rules are warmed up while the server is
 * still responding.
 */
const [firstSize, maxSize] = [20_000, 1_000_000]

/** Lines up to this length are often repeated, as in parameter schemas, and are scanned only once. */
const shortLine = 80

/** Creates a scanner and starts loading the rules, which takes a while. */
export function createScanner(): SecretScanner {
  const rules = loadRules()
  rules.catch(() => {})
  // Replacing the secrets of a resource does not replace its spec.
  const seen = new WeakSet<JsonObject>()
  const scannedLines = new Set<string>()
  const suspects = new Map<string, Suspicion[]>()
  const scans: Promise<void>[] = []
  let lines: string[] = []
  let length = 0
  let size = firstSize
  const scan = () => {
    if (lines.length > 0) scans.push(scanLines(lines, rules, suspects))
    lines = []
    length = 0
    size = Math.min(maxSize, 2 * size)
  }
  const at = (resource: Resource) => {
    if (seen.has(resource.spec)) return
    seen.add(resource.spec)
    visit(resource.spec, nameOf(resource), (line) => {
      if (line.length <= shortLine) {
        if (scannedLines.has(line)) return
        scannedLines.add(line)
      }
      lines.push(line)
      length += line.length
    })
    if (length > size) scan()
  }
  return {
    at,
    async found(resources) {
      for (const resource of resources) at(resource)
      scan()
      await Promise.all(scans)
      return suspects.size === 0 ? [] : resources.flatMap((resource) => issuesOf(resource, suspects))
    },
  }
}

/** The rule that a line matches. */
interface Suspicion {
  readonly rule: string
  readonly looks: string
}

/** Scans lines as one text and adds those that a rule reports. */
async function scanLines(
  lines: readonly string[],
  rules: ReturnType<typeof loadRules>,
  suspects: Map<string, Suspicion[]>,
): Promise<void> {
  const starts: number[] = []
  let length = 0
  for (const line of lines) {
    starts.push(length)
    length += line.length
  }
  for (const { offset, ...suspicion } of await lint(lines.join(''), await rules)) {
    const line = lines[starts.findLastIndex((start) => start <= offset)]
    if (line === undefined) continue
    const others = suspects.get(line) ?? []
    if (!others.some(({ rule }) => rule === suspicion.rule)) suspects.set(line, [...others, suspicion])
  }
}

function issuesOf(resource: Resource, suspects: ReadonlyMap<string, readonly Suspicion[]>): Issue[] {
  const issues: Issue[] = []
  visit(resource.spec, nameOf(resource), (line, pointer) => {
    const found = suspects.get(line) ?? []
    // A finding about the value is more specific than one about the name.
    const { looks } = found.find((one) => !one.looks.startsWith('name of')) ?? found[0] ?? {}
    if (looks !== undefined) issues.push(issueOf(refOf(resource), `/spec${pointer()}`, looks))
  })
  return issues
}

/** The name of a value at the top of a spec: `db_password` for `variable/db_password`. */
function nameOf({ key }: Resource): string {
  return key.slice(key.lastIndexOf('/') + 1)
}

/**
 * Calls `on` with every string of a value as a line `name = value`, because some rules need the name. Lines begin and
 * end with a line break, which separates values. The pointer is computed on demand.
 */
function visit(
  value: Json,
  name: string,
  on: (line: string, pointer: () => Pointer) => void,
  pointer: () => Pointer = () => '',
): void {
  if (typeof value === 'string' || (isNumber(value) && secretNameOf(name) !== 'none'))
    on(`\n${name} = ${value}\n`, pointer)
  else if (Array.isArray(value))
    for (const [index, item] of (value as readonly Json[]).entries())
      visit(item, nameInPair(value, index) ?? name, on, () => step(pointer(), index))
  else if (isObject(value))
    for (const key of Object.keys(value))
      visit(value[key] as Json, nameIn(value, key, name), on, () => step(pointer(), key))
}

/**
 * The name of a value in an object. A default or example has the name of its property; an environment variable has the name
 * of its entry.
 */
function nameIn(object: JsonObject, key: string, parent: string): string {
  if (/^(default|examples?|const)$/.test(key)) return parent
  if (key.toLowerCase() !== 'value') return key
  const entry = [object.name, object.Name, object.key, object.Key].find((one) => typeof one === 'string')
  return typeof entry === 'string' ? entry : parent
}

/** The name of a value in a list of two texts, such as a header. A list of two names is none. */
function nameInPair(list: readonly Json[], index: number): string | undefined {
  const [name, value, ...more] = list
  const isPair =
    index === 1 && more.length === 0 && typeof name === 'string' && typeof value === 'string' && /\d/.test(value)
  return isPair ? name : undefined
}

function issueOf(ref: Ref, pointer: Pointer, looks: string): Issue {
  return {
    code: 'possible-secret',
    severity: 'warning',
    message: `${ref} may contain a secret at ${pointer} (${looks}).`,
    fix: `Add --secret-path '${ref}#${pointer}' to export it as a placeholder.`,
    ref,
    pointer,
  }
}
