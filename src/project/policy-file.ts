import { dirname, join, resolve } from 'node:path'
import { Failure, type Issue } from '../issue.ts'
import { isObject, type Json } from '../json.ts'
import type { Rename } from '../model.ts'
import type { Protection } from '../plan/policy.ts'
import { readTextIfExists } from '../read-file.ts'
import { parseYaml } from '../snapshot/yaml/yaml.ts'
import { inWorkingTree, revisionOf } from '../store/revision.ts'

/** What a policy file says. */
export interface Policy {
  readonly file: string | undefined
  readonly protect: readonly Protection[]
  readonly moved: readonly Rename[]
  /** Who can decrypt the secrets of a snapshot. */
  readonly recipients: readonly string[]
  /** Values that are secrets, as `--secret-path` names them. */
  readonly placeholders: readonly string[]
  /** The overlays of each environment, from the folder of the file. */
  readonly environments: Readonly<Record<string, readonly string[]>>
}

const name = 'prefect-snapshot.yaml'

/** Reads the nearest policy file, from the snapshot's folder upwards; an empty policy where there is none. */
export function readPolicy(snapshot: string, cwd: string): Policy {
  const revision = revisionOf(snapshot)
  const place = revision ? inWorkingTree(revision, cwd) : resolve(cwd, snapshot === '-' ? 'x' : snapshot)
  for (let folder = dirname(place); ; folder = dirname(folder)) {
    const file = join(folder, name)
    const text = readTextIfExists(file, 'policy file')
    if (text !== undefined) return policyOf(file, text)
    if (folder === dirname(folder))
      return { file: undefined, protect: [], moved: [], recipients: [], placeholders: [], environments: {} }
  }
}

function policyOf(file: string, text: string): Policy {
  const { document, lines } = parseYaml(text, false)
  const issues: Issue[] = document.errors.map(({ message, pos }) => {
    const { line, col } = lines.linePos(pos[0])
    return bad(file, message, line, col)
  })
  const value = issues.length > 0 ? {} : ((document.toJS() ?? {}) as Json)
  if (!isObject(value)) issues.push(bad(file, 'it must be a mapping'))
  const policy = isObject(value) ? value : {}
  for (const key of Object.keys(policy)) {
    if (!['protect', 'moved', 'recipients', 'placeholders', 'environments', 'version'].includes(key))
      issues.push(
        bad(file, `there is no setting "${key}"; there are protect, moved, recipients, placeholders and environments`),
      )
  }
  const protect = listOf(policy.protect, (item) => typeof item === 'string')
  const moved = listOf(policy.moved, (item) => isObject(item) && isRef(item.from) && isRef(item.to))
  if (!protect) issues.push(bad(file, 'protect must be a list of globs over refs, such as deployment/etl/**'))
  if (!moved) issues.push(bad(file, 'moved must be a list of {from: kind/key, to: kind/key}'))
  const recipients = listOf(policy.recipients, (item) => typeof item === 'string')
  const placeholders = listOf(policy.placeholders, (item) => typeof item === 'string')
  if (!recipients) issues.push(bad(file, 'recipients must be a list of public keys of age, age1…'))
  if (!placeholders)
    issues.push(bad(file, "placeholders must be a list of globs such as 'deployment/**#/spec/job_variables/env/*_KEY'"))
  const environments = environmentsOf(policy.environments)
  if (!environments)
    issues.push(bad(file, 'environments must be {NAME: overlay.yaml}, or a list of overlays for a name'))
  if (issues.length > 0) throw new Failure(issues)
  return {
    file,
    protect: (protect ?? []).map((glob) => ({ glob: String(glob), from: file })),
    moved: (moved ?? []) as unknown as Rename[],
    recipients: (recipients ?? []) as string[],
    placeholders: (placeholders ?? []) as string[],
    environments: environments ?? {},
  }
}

function environmentsOf(value: Json | undefined): Record<string, readonly string[]> | undefined {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) return undefined
  const entries = Object.entries(value).map(([name, files]) => [name, typeof files === 'string' ? [files] : files])
  const fits = entries.every(([, files]) => Array.isArray(files) && files.every((file) => typeof file === 'string'))
  return fits ? Object.fromEntries(entries) : undefined
}

function listOf(value: Json | undefined, fits: (item: Json) => boolean): readonly Json[] | undefined {
  if (value === undefined || value === null) return []
  return Array.isArray(value) && value.every(fits) ? value : undefined
}

function isRef(value: Json | undefined): boolean {
  return typeof value === 'string' && /^[a-z][a-z-]*\/./.test(value)
}

function bad(file: string, message: string, line = 1, column = 1): Issue {
  return { code: 'invalid-policy', severity: 'error', message, place: { file, line, column } }
}
