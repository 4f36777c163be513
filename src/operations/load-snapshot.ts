import type { Context } from '../context.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { refOf } from '../ref.ts'
import { withoutExternal } from '../selection/external.ts'
import { outsideScope } from '../selection/outside-scope.ts'
import { type Parsed, parseSnapshot, refuseFaults } from '../snapshot/parse.ts'
import { readSources } from '../store/files.ts'

export { headerFile } from '../snapshot/file-name.ts'
export { containingSnapshots } from '../store/containing-snapshots.ts'
export { isPath as isSnapshotPath } from '../store/files.ts'

/** Reads a snapshot. Throws `Failure` with all errors if it is invalid. */
export async function loadSnapshot(
  path: string,
  context: Context,
  environment: EnvironmentChoice = {},
): Promise<Parsed> {
  const parsed = await readSnapshot(path, context, environment)
  refuseFaults(parsed)
  return parsed
}

/**
 * Reads a snapshot and applies the overlays of the environment. Omits documents of external resources. Errors are among its
 * issues.
 */
export async function readSnapshot(
  path: string,
  context: Context,
  environment: EnvironmentChoice = {},
): Promise<Parsed> {
  const parsed = await readWhole(path, context, environment)
  return { ...parsed, snapshot: withoutExternal(parsed.snapshot, context.kinds) }
}

async function readWhole(path: string, context: Context, { overlay, environment }: EnvironmentChoice): Promise<Parsed> {
  const parsed = withScopeWarnings(parseSnapshot(await readSources(path, context), context.kinds), context)
  if (overlay === undefined && environment === undefined) return parsed
  const { inEnvironment } = await import('../project/environments.ts')
  const choice = { ...(overlay ? { overlay } : {}), ...(environment ? { environment } : {}) }
  return inEnvironment(parsed, path, choice, context.kinds, context)
}

/** Adds warnings about the scope, unless there are errors: these may hide resources, so that the warnings would be wrong. */
function withScopeWarnings(parsed: Parsed, { kinds }: Context): Parsed {
  if (parsed.issues.some(({ severity }) => severity === 'error')) return parsed
  const outside = outsideScope(parsed.snapshot, kinds, (resource) => parsed.placeOf(refOf(resource)))
  return outside.length > 0 ? { ...parsed, issues: [...parsed.issues, ...outside] } : parsed
}
