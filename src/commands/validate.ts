import { relative, resolve } from 'node:path'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { annotationsText } from '../report/annotations.ts'
import type { Format } from '../report/index.ts'
import { withoutSecretExcerpt } from '../report/model/redact.ts'
import type { FileReport } from '../report/model/report.ts'
import { type Parsed, parseSnapshot, refuseFaults } from '../snapshot/parse.ts'
import { readSources } from '../store/files.ts'
import type { ExitStatus, Io } from './io.ts'
import { print } from './print.ts'

/** Reads a snapshot and refuses it, with every fault at once, unless it is sound. */
export async function loadSnapshot(
  path: string,
  kinds: readonly Kind[],
  io: Io,
  environment: EnvironmentChoice = {},
): Promise<Parsed> {
  const parsed = await readSnapshot(path, kinds, io, environment)
  refuseFaults(parsed)
  return parsed
}

/** Reads a snapshot, as it is in an environment where one is named; its faults are among its issues. */
export async function readSnapshot(
  path: string,
  kinds: readonly Kind[],
  io: Io,
  { overlay, environment }: EnvironmentChoice,
): Promise<Parsed> {
  const parsed = parseSnapshot(await readSources(path, io), kinds)
  if (overlay === undefined && environment === undefined) return parsed
  const { inEnvironment } = await import('../project/environments.ts')
  return inEnvironment(
    parsed,
    path,
    { ...(overlay ? { overlay } : {}), ...(environment ? { environment } : {}) },
    kinds,
    io,
  )
}

/** file → snapshot | issues. Offline. */
export async function validate(
  paths: readonly string[],
  { format = 'text', ...environment }: EnvironmentChoice & { readonly format?: Format },
  kinds: readonly Kind[],
  io: Io,
): Promise<ExitStatus> {
  const files: FileReport[] = []
  const issues: Issue[] = []
  for (const path of paths) {
    const { snapshot, issues: found } = await readSnapshot(path, kinds, io, environment)
    const errors = found.filter(({ severity }) => severity === 'error').length
    files.push({ file: path, resources: snapshot.resources.length, errors, warnings: found.length - errors })
    issues.push(...found.map(withoutSecretExcerpt))
  }
  const exit = files.some(({ errors }) => errors > 0) ? 'usage' : 'ok'
  if (format !== 'json') io.warn(issues)
  if (io.env.GITHUB_ACTIONS === 'true') io.err(annotationsText(issues, fromRoot(io)))
  await print(
    { schema: 'prefect-snapshot/validate', version: 1, tool: io.version, exit: io.exitCodeOf(exit), issues, files },
    format,
    io,
  )
  return exit
}

/** The path of a file from the root of the checked out repository, as GitHub names it. */
function fromRoot({ cwd, env }: Io): (file: string) => string {
  return (file) => relative(env.GITHUB_WORKSPACE ?? cwd, resolve(cwd, file))
}
