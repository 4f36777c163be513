import { dirname, join, relative, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Failure, type Issue, type Place } from '../issue.ts'
import { own } from '../json.ts'
import type { Kind } from '../kind.ts'
import { applyOverlay, dependsOnOverlay } from '../overlay/apply-overlay.ts'
import { type ReadOverlay, readOverlay } from '../overlay/parse-overlay.ts'
import { readText, readTextAndStats } from '../read-file.ts'
import type { Parsed } from '../snapshot/parse.ts'
import { suggest } from '../suggest.ts'
import { distrustReason, howToTrust } from '../trust.ts'
import { readPolicy } from './policy-file.ts'

/** The overlays that are applied to a snapshot. */
export interface EnvironmentChoice {
  /** Overlay files, applied in this order after those of the environment. */
  readonly overlay?: readonly string[]
  /** A name under `environments:` in the policy file. */
  readonly environment?: string
}

/** Applies the overlays of an environment to a snapshot. All errors in the overlays are among its issues. */
export async function inEnvironment(
  parsed: Parsed,
  path: string,
  environment: EnvironmentChoice,
  kinds: readonly Kind[],
  context: Pick<Context, 'cwd' | 'env' | 'trust'>,
): Promise<Parsed> {
  const found = overlaysOf(path, environment, { ...context, kinds })
  const named = (environment.overlay ?? []).map((file) => ({ file, text: overlayText(file, context) }))
  const read = [...found, ...named].map(({ file, text }) => readOverlay(file, text, context.env))
  const issues = read.flatMap(({ issues }) => issues)
  // What has no document in the snapshot may be external in the environment, and a refused value replaced.
  const sound = parsed.issues.filter((issue) => !dependsOnOverlay(issue))
  if (sound.some(isError)) return { ...parsed, issues: [...parsed.issues, ...issues] }
  const made = read.reduce((current, { overlay }) => applyOverlay(current, overlay, kinds), parsed)
  if (!issues.some(isError)) return made
  return { ...parsed, issues: [...issues, ...furtherIssues(made, read)] }
}

function isError({ severity }: Issue): boolean {
  return severity === 'error'
}

/**
 * The issues of a result that do not follow from the faults of the overlays. If only variables are not set, the rest of
 * the result is as it will be; otherwise only the lines of sound entries can be judged.
 */
function furtherIssues({ issues }: Parsed, read: readonly ReadOverlay[]): readonly Issue[] {
  const lineOf = ({ file, line }: Place) => `${file}:${line}`
  const places = read.flatMap(({ unset, issues }) => [...unset, ...issues.flatMap(({ place }) => place ?? [])])
  const faulty = new Set(places.map(lineOf))
  const files = new Set(read.map(({ overlay }) => overlay.file))
  const onlyVariables = read.every(({ issues }) => issues.every(({ code }) => code === 'missing-variable'))
  const globs = read.flatMap(({ overlay }) => overlay.external ?? [])
  const isKnown = onlyVariables && !globs.some(({ place }) => faulty.has(lineOf(place)))
  return issues.filter((issue) => {
    const { place } = issue
    if (place && faulty.has(lineOf(place))) return false
    if (isOfGraph(issue)) return isKnown
    return onlyVariables || (place !== undefined && files.has(place.file))
  })
}

/** Whether an issue depends on which resources are external. */
function isOfGraph({ code }: Issue): boolean {
  return code === 'dangling-ref' || code === 'missing-name' || code === 'unused-external'
}

function overlaysOf(
  path: string,
  { environment }: EnvironmentChoice,
  context: Pick<Context, 'cwd' | 'kinds' | 'trust'>,
): readonly OverlayText[] {
  if (environment === undefined) return []
  const { file, environments } = readPolicy(path, context)
  const files = own(environments, environment)
  if (file === undefined || files === undefined) throw unknownEnvironment(environment, file, Object.keys(environments))
  return files.map((name) => trustedOverlay(relative(context.cwd, join(dirname(file), name)), context))
}

interface OverlayText {
  readonly file: string
  readonly text: string
}

function overlayText(file: string, { cwd }: Pick<Context, 'cwd'>): string {
  return readText(resolve(cwd, file), 'overlay', file)
}

/** An overlay that the policy file names. Throws `Failure` if somebody else may have written it. */
function trustedOverlay(file: string, { cwd, trust }: Pick<Context, 'cwd' | 'trust'>): OverlayText {
  const found = readTextAndStats(resolve(cwd, file), 'overlay', file)
  if (!found) return { file, text: overlayText(file, { cwd }) }
  const reason = distrustReason(found.stats, trust)
  if (reason === undefined) return { file, text: found.text }
  const message = `The overlay ${file} is not used, because ${reason}.`
  throw new Failure([{ code: 'untrusted-file', severity: 'error', message, fix: howToTrust(file, reason) }])
}

function unknownEnvironment(name: string, file: string | undefined, names: readonly string[]): Failure {
  const similar = suggest(name, names)
  const list = names.length > 0 ? `The environments are ${names.join(', ')}` : 'No environments are defined'
  const issue: Issue = {
    code: 'unknown-environment',
    severity: 'error',
    message: `There is no environment "${name}"${file === undefined ? ': there is no prefect-snapshot.yaml in the folder of the snapshot or above it' : ` in ${file}`}.`,
    fix: similar
      ? `Did you mean ${similar}?`
      : `${list}. Add environments: {${name}: ${name}.yaml} to prefect-snapshot.yaml.`,
  }
  return new Failure([issue])
}
