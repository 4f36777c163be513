import { execFile } from 'node:child_process'
import { dirname, join, resolve } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import { append } from '../list-at.ts'
import type { Resource, SecretValues } from '../model.ts'
import { fileFailure, readSecretText, readText, readTextAndStats, statIfExists } from '../read-file.ts'
import type { IdentityText } from '../secrets/age.ts'
import { withoutFormat } from '../store/imported-files.ts'
import { inWorkingTree, revisionOf } from '../store/revision.ts'
import { distrustReason, howToTrust } from '../trust.ts'
import { warn } from './connect.ts'

/** Sources of secret values, besides the environment. */
export interface SecretRequest {
  /** Files of `NAME=value` lines. The environment takes precedence over them, and later files over earlier ones. */
  readonly secretEnvFile?: readonly string[]
  /** Files with identities of age. */
  readonly identity?: readonly string[]
  /** Allows running the commands that a snapshot specifies. */
  readonly allowCommands?: boolean
}

/** The environment variable with identities, or with the path of a file of identities. */
const identityVariable = 'PREFECT_SNAPSHOT_AGE_IDENTITY'

/** Resolves the placeholders of a snapshot. Throws `Failure` for unusable files in flags, but not for placeholders without a value. */
export async function secretValuesFor(
  resources: readonly Resource[],
  flags: SecretRequest & { readonly snapshot: string },
  context: Context,
): Promise<SecretValues> {
  const env = await environment(flags, context)
  const placeholders = resources.flatMap(({ secrets }) => Object.values(secrets))
  const needsIdentities = flags.identity !== undefined || placeholders.some((placeholder) => 'age' in placeholder)
  const identities = needsIdentities ? await identitiesFor(flags, env, context) : []
  const folder = await folderOf(flags.snapshot, context)
  const { resolveSecrets } = await import('../secrets/resolve-secrets.ts')
  return resolveSecrets(resources, {
    env,
    identities,
    readFile: async (path) => readSecretText(resolve(folder, path)),
    ...(flags.allowCommands ? { run: (argv) => run(argv, folder, env) } : {}),
  })
}

/** The available identities: from flags, the environment variable, and the file in the user's configuration. */
export async function identitiesFor(
  flags: SecretRequest,
  env: Context['env'],
  context: Context,
): Promise<readonly string[]> {
  const { identitiesIn } = await import('../secrets/age.ts')
  const texts: IdentityText[] = []
  const issues: Issue[] = []
  const setting = env[identityVariable]
  const isIdentity = setting !== undefined && /AGE-SECRET-KEY-/i.test(setting)
  if (isIdentity) texts.push({ from: `$${identityVariable}`, text: setting })
  const files = [...(flags.identity ?? []), ...(setting === undefined || setting === '' || isIdentity ? [] : [setting])]
  for (const file of files)
    try {
      texts.push({ from: file, text: readText(resolve(context.cwd, file), 'identity file', file) })
    } catch (error) {
      append(issues, fileFailure('read', file, error).issues)
    }
  if (issues.length > 0) throw new Failure(issues)
  const defaultFile = join(env.XDG_CONFIG_HOME || join(context.home, '.config'), 'prefect-snapshot', 'identity.txt')
  const found = readTextAndStats(defaultFile, 'identity file')
  const reason = found && distrustReason(found.stats, context.trust)
  if (found && reason === undefined) texts.push({ from: defaultFile, text: found.text })
  if (reason !== undefined) warn(context, [untrustedIdentity(defaultFile, reason)])
  return identitiesIn(texts)
}

function untrustedIdentity(file: string, reason: string): Issue {
  const message = `The identities in ${file} are not used, because ${reason}.`
  return { code: 'untrusted-file', severity: 'warning', message, fix: howToTrust(file, reason) }
}

/** The environment with the variables of env files, over which it takes precedence. */
export async function environment({ secretEnvFile = [] }: SecretRequest, context: Context): Promise<Context['env']> {
  const added: Record<string, string | undefined> = {}
  const issues: Issue[] = []
  for (const file of secretEnvFile)
    try {
      Object.assign(added, parseEnv(readText(resolve(context.cwd, file), 'env file', file)))
    } catch (error) {
      append(issues, fileFailure('read', file, error).issues)
    }
  if (issues.length > 0) throw new Failure(issues)
  return { ...added, ...context.env }
}

/** The folder for relative paths in a snapshot: the directory itself, the folder of a file, or the working directory for standard input. */
async function folderOf(place: string, { cwd }: Context): Promise<string> {
  const snapshot = withoutFormat(place)
  if (snapshot === '-') return cwd
  const revision = revisionOf(snapshot)
  const path = revision ? inWorkingTree(revision, cwd) : resolve(cwd, snapshot)
  const directory = statIfExists(path)?.isDirectory() === true
  return directory ? path : dirname(path)
}

/** Runs a program without standard input, for at most one minute. Returns its output. */
async function run(argv: readonly string[], cwd: string, env: Context['env']): Promise<string> {
  const [program = '', ...args] = argv
  try {
    const running = promisify(execFile)(program, args, { cwd, env: { ...env }, timeout: 60_000, encoding: 'utf8' })
    running.child.stdin?.end()
    return (await running).stdout
  } catch (error) {
    throw runError(error)
  }
}

/** The cause of a failure, without the output of the program. */
function runError(error: unknown): Error {
  const { code, killed } = error as { readonly code?: unknown; readonly killed?: boolean }
  if (killed) return new Error('it did not end within a minute')
  if (typeof code === 'number') return new Error(`it ended with code ${code}`)
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'it does not exist',
    EACCES: 'permission is denied',
    EISDIR: 'it is a directory',
  }
  return new Error(words[String(code)] ?? String(code))
}
