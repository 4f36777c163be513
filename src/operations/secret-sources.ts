import { execFile } from 'node:child_process'
import { dirname, join, resolve } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Resource, SecretValues } from '../model.ts'
import { fileFailure, readSecretText, readText, readTextIfExists, statIfExists } from '../read-file.ts'
import type { IdentityText } from '../secrets/age.ts'
import { inWorkingTree, revisionOf } from '../store/revision.ts'

/** What placeholders may be filled from, besides the environment. */
export interface SecretRequest {
  /** Files of `NAME=value` lines; what the environment has wins, then the file that is named last. */
  readonly envFile?: readonly string[]
  /** Files with identities of age. */
  readonly identity?: readonly string[]
  /** Runs the commands that a snapshot names. */
  readonly allowCommands?: boolean
}

/** The name of the variable that holds identities, or the path of a file with some. */
const identityVariable = 'PREFECT_SNAPSHOT_AGE_IDENTITY'

/** Looks up the placeholders of a snapshot. Throws `Failure` where a flag names what cannot be used; a placeholder without a value is no failure. */
export async function secretValuesFor(
  resources: readonly Resource[],
  flags: SecretRequest & { readonly snapshot: string },
  context: Context,
): Promise<SecretValues> {
  const env = await environment(flags, context)
  const placeholders = resources.flatMap(({ secrets }) => Object.values(secrets))
  const wanted = flags.identity !== undefined || placeholders.some((placeholder) => 'age' in placeholder)
  const identities = wanted ? await identitiesFor(flags, env, context) : []
  const folder = await folderOf(flags.snapshot, context)
  const { resolveSecrets: fill } = await import('../secrets/resolve-secrets.ts')
  return fill(resources, {
    env,
    identities,
    readFile: async (path) => readSecretText(resolve(folder, path)),
    ...(flags.allowCommands ? { run: (argv) => run(argv, folder, env) } : {}),
  })
}

/** The identities at hand: of flags, of the variable, and of the file in the user's configuration. */
export async function identitiesFor(
  flags: SecretRequest,
  env: Context['env'],
  context: Context,
): Promise<readonly string[]> {
  const { identitiesIn } = await import('../secrets/age.ts')
  const texts: IdentityText[] = []
  const issues: Issue[] = []
  const given = env[identityVariable]
  const inPlace = given !== undefined && /AGE-SECRET-KEY-/i.test(given)
  if (inPlace) texts.push({ from: `$${identityVariable}`, text: given })
  const named = [...(flags.identity ?? []), ...(given === undefined || given === '' || inPlace ? [] : [given])]
  for (const file of named)
    try {
      texts.push({ from: file, text: readText(resolve(context.cwd, file), 'identity file', file) })
    } catch (error) {
      issues.push(...fileFailure('read', file, error).issues)
    }
  if (issues.length > 0) throw new Failure(issues)
  const usual = join(env.XDG_CONFIG_HOME || join(context.home, '.config'), 'prefect-snapshot', 'identity.txt')
  const text = readTextIfExists(usual, 'identity file')
  if (text !== undefined) texts.push({ from: usual, text })
  return identitiesIn(texts)
}

/** The environment, with what files add to it. */
export async function environment({ envFile = [] }: SecretRequest, context: Context): Promise<Context['env']> {
  const added: Record<string, string | undefined> = {}
  const issues: Issue[] = []
  for (const file of envFile)
    try {
      Object.assign(added, parseEnv(readText(resolve(context.cwd, file), 'env file', file)))
    } catch (error) {
      issues.push(...fileFailure('read', file, error).issues)
    }
  if (issues.length > 0) throw new Failure(issues)
  return { ...added, ...context.env }
}

/** The folder that paths in a snapshot are relative to: a directory itself, that of a file, the working directory of a stream. */
async function folderOf(snapshot: string, { cwd }: Context): Promise<string> {
  if (snapshot === '-') return cwd
  const revision = revisionOf(snapshot)
  const path = revision ? inWorkingTree(revision, cwd) : resolve(cwd, snapshot)
  const directory = statIfExists(path)?.isDirectory() === true
  return directory ? path : dirname(path)
}

/** What a program prints. It has a minute, and no standard input. */
async function run(argv: readonly string[], cwd: string, env: Context['env']): Promise<string> {
  const [program = '', ...args] = argv
  try {
    const running = promisify(execFile)(program, args, { cwd, env: { ...env }, timeout: 60_000, encoding: 'utf8' })
    running.child.stdin?.end()
    return (await running).stdout
  } catch (error) {
    throw inWords(error)
  }
}

/** What the system says, without what a program printed. */
function inWords(error: unknown): Error {
  const { code, killed } = error as { readonly code?: unknown; readonly killed?: boolean }
  if (killed) return new Error('it did not end within a minute')
  if (typeof code === 'number') return new Error(`it ended with code ${code}`)
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'it is not there',
    EACCES: 'permission is denied',
    EISDIR: 'it is a directory',
  }
  return new Error(words[String(code)] ?? String(code))
}
