import { dirname, join, relative, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import { applyOverlay } from '../overlay/apply-overlay.ts'
import { readOverlay } from '../overlay/parse-overlay.ts'
import { readText } from '../read-file.ts'
import type { Parsed } from '../snapshot/parse.ts'
import { suggest } from '../suggest.ts'
import { readPolicy } from './policy-file.ts'

/** In which environment a snapshot is looked at. */
export interface EnvironmentChoice {
  /** Files, applied in this order after those of the environment. */
  readonly overlay?: readonly string[]
  /** A name under `environments:` in the policy file. */
  readonly environment?: string
}

/** A snapshot as it is in an environment, with every fault of the overlays among its issues. */
export async function inEnvironment(
  parsed: Parsed,
  path: string,
  environment: EnvironmentChoice,
  kinds: readonly Kind[],
  context: Pick<Context, 'cwd' | 'env'>,
): Promise<Parsed> {
  const read = overlaysOf(path, environment, context).map((file) =>
    readOverlay(file, readText(resolve(context.cwd, file), 'overlay', file), context.env),
  )
  const issues = read.flatMap(({ issues }) => issues)
  const broken = [...parsed.issues, ...issues].some(({ severity }) => severity === 'error')
  if (broken) return { ...parsed, issues: [...parsed.issues, ...issues] }
  return read.reduce((made, { overlay }) => applyOverlay(made, overlay, kinds), parsed)
}

function overlaysOf(
  path: string,
  { environment, overlay = [] }: EnvironmentChoice,
  context: Pick<Context, 'cwd'>,
): readonly string[] {
  if (environment === undefined) return overlay
  const { file, environments } = readPolicy(path, context.cwd)
  const files = environments[environment]
  if (file === undefined || files === undefined) throw unknown(environment, file, Object.keys(environments))
  return [...files.map((name) => relative(context.cwd, join(dirname(file), name))), ...overlay]
}

function unknown(name: string, file: string | undefined, known: readonly string[]): Failure {
  const near = suggest(name, known)
  const there = known.length > 0 ? `There are ${known.join(', ')}` : 'There are none'
  const issue: Issue = {
    code: 'unknown-environment',
    severity: 'error',
    message: `There is no environment "${name}"${file === undefined ? ': no prefect-snapshot.yaml is beside the snapshot or above it' : ` in ${file}`}.`,
    fix: near
      ? `Did you mean ${near}?`
      : `${there}. Add environments: {${name}: ${name}.yaml} to prefect-snapshot.yaml.`,
  }
  return new Failure([issue])
}
