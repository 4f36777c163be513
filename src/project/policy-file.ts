import { dirname, join, resolve } from 'node:path'
import { Failure, type Issue, type Place } from '../issue.ts'
import { isObject, type Json, type JsonObject, step } from '../json.ts'
import type { Rename } from '../model.ts'
import type { Protection } from '../plan/policy.ts'
import { readTextIfExists } from '../read-file.ts'
import { cutStream } from '../snapshot/yaml/documents.ts'
import type { Locate } from '../snapshot/yaml/locate.ts'
import { readValue } from '../snapshot/yaml/yaml-value.ts'
import { inWorkingTree, revisionOf } from '../store/revision.ts'
import { suggest } from '../suggest.ts'

/** The settings of a policy file. */
export interface Policy {
  readonly file: string | undefined
  readonly protect: readonly Protection[]
  readonly moved: readonly Rename[]
  /** Public keys that can decrypt the secrets of a snapshot. */
  readonly recipients: readonly string[]
  /** Values that are secrets, in the form of `--secret-path`. */
  readonly secretPaths: readonly string[]
  /** The overlays of each environment, relative to the folder of the file. */
  readonly environments: Readonly<Record<string, readonly string[]>>
}

const name = 'prefect-snapshot.yaml'

/** Reads the nearest policy file, from the snapshot's folder upwards; an empty policy if there is none. */
export function readPolicy(snapshot: string, cwd: string): Policy {
  const revision = revisionOf(snapshot)
  const place = revision ? inWorkingTree(revision, cwd) : resolve(cwd, snapshot === '-' ? 'x' : snapshot)
  for (let folder = dirname(place); ; folder = dirname(folder)) {
    const file = join(folder, name)
    const text = readTextIfExists(file, 'policy file')
    if (text !== undefined) return policyOf(file, text)
    if (folder === dirname(folder))
      return { file: undefined, protect: [], moved: [], recipients: [], secretPaths: [], environments: {} }
  }
}

/** The type of one setting of a policy file. */
interface SettingRule {
  readonly shape: string
  /** Whether a value, or an item of a list, is valid. */
  readonly isValid: (value: Json) => boolean
  readonly isList: boolean
}

const listOf = (shape: string, isValid: (item: Json) => boolean): SettingRule => ({
  shape: `a list of ${shape}`,
  isValid,
  isList: true,
})
const isString = (value: Json) => typeof value === 'string'

const settings: Readonly<Record<string, SettingRule>> = {
  protect: listOf('globs over refs, such as deployment/etl/**', isString),
  moved: listOf('{from: kind/key, to: kind/key}', isRename),
  recipients: listOf('public keys of age, age1…', isString),
  secret_paths: listOf("globs such as 'deployment/**#/spec/job_variables/env/*_KEY'", isString),
  environments: {
    shape: '{NAME: overlay.yaml}, or a list of overlays for a name',
    isValid: isEnvironments,
    isList: false,
  },
}
const known = [...Object.keys(settings), 'version']

function policyOf(file: string, text: string): Policy {
  const { value, issues } = readSettings(file, text)
  if (issues.length > 0) throw new Failure(issues)
  return {
    file,
    protect: ((value.protect ?? []) as string[]).map((glob) => ({ glob, from: file })),
    moved: (value.moved ?? []) as unknown as Rename[],
    recipients: (value.recipients ?? []) as string[],
    secretPaths: (value.secret_paths ?? []) as string[],
    environments: Object.fromEntries(
      Object.entries((value.environments ?? {}) as Record<string, string | string[]>).map(([name, files]) => [
        name,
        typeof files === 'string' ? [files] : files,
      ]),
    ),
  }
}

/** The settings of a policy file, and all of its errors with their places. An empty file has no settings. */
function readSettings(file: string, text: string): { readonly value: JsonObject; readonly issues: readonly Issue[] } {
  const [chunk, second] = cutStream(file, text)
  if (!chunk) return { value: {}, issues: [] }
  if (second)
    return { value: {}, issues: [invalid('A policy file is one document.', { ...start(file), line: second.line })] }
  const read = readValue(chunk)
  if (!('value' in read))
    return { value: {}, issues: read.issues.map((issue) => ({ ...issue, code: 'invalid-policy' })) }
  if (!isObject(read.value)) {
    const shape = `Write a mapping with ${Object.keys(settings).join(', ')}.`
    return read.value === null
      ? { value: {}, issues: [] }
      : { value: {}, issues: [invalid('A policy file is a mapping.', read.place(''), shape)] }
  }
  const issues = Object.entries(read.value).flatMap(([name, value]) => settingIssues(name, value, read.place))
  return { value: read.value, issues }
}

function settingIssues(name: string, value: Json, place: Locate): Issue[] {
  const pointer = step('', name)
  const rule = Object.hasOwn(settings, name) ? settings[name] : undefined
  if (!rule) {
    if (known.includes(name)) return []
    const similar = suggest(name, known)
    const fix = similar ? `Did you mean ${similar}?` : `The settings are ${known.join(', ')}.`
    return [invalid(`There is no setting "${name}".`, place(pointer, true), fix)]
  }
  if (value === null) return []
  const message = `${name} must be ${rule.shape}.`
  if (!rule.isList) return rule.isValid(value) ? [] : [invalid(message, place(pointer, true))]
  if (!Array.isArray(value)) return [invalid(message, place(pointer, true))]
  return value.flatMap((item, index) =>
    rule.isValid(item) ? [] : [invalid(message, place(step(pointer, String(index))))],
  )
}

function isEnvironments(value: Json): boolean {
  if (!isObject(value)) return false
  return Object.values(value).every((files) => isString(files) || (Array.isArray(files) && files.every(isString)))
}

function isRename(value: Json): boolean {
  return isObject(value) && isRef(value.from) && isRef(value.to)
}

function isRef(value: Json | undefined): boolean {
  return typeof value === 'string' && /^[a-z][a-z-]*\/./.test(value)
}

const start = (file: string): Place => ({ file, line: 1, column: 1 })

function invalid(message: string, place: Place, fix?: string): Issue {
  return { code: 'invalid-policy', severity: 'error', message, place, ...(fix ? { fix } : {}) }
}
