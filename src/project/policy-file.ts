import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Failure, type Issue, type Place } from '../issue.ts'
import type { JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Rename } from '../model.ts'
import type { Protection } from '../plan/policy.ts'
import { readTextAndStats } from '../read-file.ts'
import { readSettingsDocument } from '../snapshot/settings-document.ts'
import type { Shape } from '../snapshot/shape-faults.ts'
import { withoutFormat } from '../store/imported-files.ts'
import { inWorkingTree, revisionOf } from '../store/revision.ts'
import { distrustReason, howToTrust } from '../trust.ts'
import { type Fail, type PolicyRule, rulesOf } from './policy-rules.ts'
import { policySchema } from './policy-schema.ts'

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
  readonly rules: readonly PolicyRule[]
}

const name = 'prefect-snapshot.yaml'

/**
 * Reads the nearest policy file, from the snapshot's folder upwards; an empty policy if there is none. Throws `Failure` if
 * that file is above the repository of the snapshot, or not trusted: without its rules, nothing may be planned or written.
 */
export function readPolicy(path: string, { cwd, kinds, trust }: PolicyContext): Policy {
  const snapshot = withoutFormat(path)
  const revision = revisionOf(snapshot)
  const place = revision ? inWorkingTree(revision, cwd) : resolve(cwd, snapshot === '-' ? 'x' : snapshot)
  let root: string | undefined
  for (let folder = dirname(place); ; folder = dirname(folder)) {
    const file = join(folder, name)
    const found = readTextAndStats(file, 'policy file')
    if (found) {
      const reason = root === undefined || trust?.all ? distrustReason(found.stats, trust) : `${above} ${root}`
      if (reason !== undefined) throw untrusted(file, reason)
      return policyOf(file, relative(cwd, file), found.text, kinds)
    }
    if (root === undefined && existsSync(join(folder, '.git'))) root = folder
    if (folder === dirname(folder))
      return { file: undefined, protect: [], moved: [], recipients: [], secretPaths: [], environments: {}, rules: [] }
  }
}

type PolicyContext = Pick<Context, 'cwd' | 'kinds' | 'trust'>

const above = 'it is above the repository'

function untrusted(file: string, reason: string): Failure {
  const fix = reason.startsWith(above)
    ? 'Move it into the repository, or pass --trust-directory to use it.'
    : howToTrust(file, reason)
  const message = `The policy file ${file} is not used, because ${reason}. Its rules may matter, so the command stops.`
  return new Failure([{ code: 'untrusted-file', severity: 'error', message, fix, place: start(file) }])
}

const shape: Shape = { name: 'policy', schema: policySchema, field: 'setting' }

function policyOf(file: string, shown: string, text: string, kinds: readonly Kind[]): Policy {
  const { value, rules, issues } = readSettings(shown, text, kinds)
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
    rules,
  }
}

interface Settings {
  readonly value: JsonObject
  readonly rules: readonly PolicyRule[]
  readonly issues: readonly Issue[]
}

/** The settings of a policy file, and all of its errors with their places. An empty file has no settings. */
function readSettings(file: string, text: string, kinds: readonly Kind[]): Settings {
  const read = readSettingsDocument(file, text, { shape, code: 'invalid-policy', noun: 'A policy file' })
  if (!read.value) return { value: {}, rules: [], issues: [] }
  const issues = [...read.issues]
  const fail: Fail = (pointer, message, fix) => issues.push(invalid(message, read.place(pointer), fix))
  const rules = rulesOf(read.value, kinds, read.place, fail)
  return { value: read.value, rules, issues: issues.sort(byPlace) }
}

const start = (file: string): Place => ({ file, line: 1, column: 1 })

function byPlace({ place: a }: Issue, { place: b }: Issue): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0)
}

function invalid(message: string, place: Place, fix?: string): Issue {
  return { code: 'invalid-policy', severity: 'error', message, place, ...(fix ? { fix } : {}) }
}
