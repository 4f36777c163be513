import { proxyFor } from '../src/profile/proxy.ts'

/** The environment variables of the process. */
export type Env = Readonly<Record<string, string | undefined>>

/** What a job does. */
export const commands = ['plan', 'apply', 'drift', 'outdated'] as const
export type Command = (typeof commands)[number]

/** The inputs of the action, which GitLab's jobs have as variables of the same names: `INPUT_SNAPSHOT` and so on. */
export interface Inputs {
  readonly command: Command
  /** A snapshot; for `apply`, also a saved plan. */
  readonly snapshot: string
  /** The name in the comment: each environment of a pull request has one comment. */
  readonly environment: string
  /** Additional arguments of prefect-snapshot. */
  readonly flags: readonly string[]
  /** The file that `plan` saves the plan to. */
  readonly plan: string
  /** Whether only the plan that a pull request has shown may be applied. */
  readonly reviewed: boolean
  /** The paths whose changes are planned, one a line: a file, or a folder as `folder/**`. Empty for all. */
  readonly paths: readonly string[]
  /** The workflow that applies the snapshot; its last success is the base of `drift`. */
  readonly applyWorkflow: string
  /** Authorizes comments. Empty for none. */
  readonly token: string
}

/** Reads the inputs; a text for each fault. */
export function readInputs(env: Env): { readonly inputs: Inputs; readonly faults: readonly string[] } {
  const input = (name: string): string => env[`INPUT_${name}`]?.trim() ?? ''
  const { words, fault } = splitWords(input('FLAGS'))
  const command = input('COMMAND')
  const snapshot = input('SNAPSHOT')
  const plan = input('PLAN') || 'prefect-plan.json'
  const faults = [
    ...(commands.includes(command as Command)
      ? []
      : [`The command must be one of ${commands.join(', ')}, not "${command}".`]),
    ...(snapshot === '' ? ['The input "snapshot" is missing: the path of a snapshot.'] : []),
    ...[snapshot, plan].filter((path) => path.startsWith('-')).map((path) => `"${path}" is not a path.`),
    ...(fault === undefined ? [] : [`The input "flags" is invalid: ${fault}`]),
  ]
  const inputs = {
    command: command as Command,
    snapshot,
    environment: input('ENVIRONMENT') || optionOf(words, ['-E', '--environment']) || snapshot,
    flags: words,
    plan,
    reviewed: input('REVIEWED') === 'true',
    paths: input('PATHS')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean),
    // A variable of GitLab cannot have a hyphen.
    applyWorkflow: input('APPLY-WORKFLOW') || input('APPLY_WORKFLOW'),
    token: input('TOKEN') || env.GITLAB_TOKEN || '',
  }
  return { inputs, faults }
}

function optionOf(words: readonly string[], names: readonly string[]): string | undefined {
  return words.flatMap((word, index) => {
    const name = names.find((each) => word === each || (each.startsWith('--') && word.startsWith(`${each}=`)))
    if (name === undefined) return []
    return [word === name ? (words[index + 1] ?? '') : word.slice(name.length + 1)]
  })[0]
}

/** Splits a text into words at white space and line ends. Quotes, of either kind, keep the white space of a word. */
export function splitWords(text: string): { readonly words: readonly string[]; readonly fault?: string } {
  const words = [...text.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word)
  const rest = text.replaceAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g, '').trim()
  if (rest !== '') return { words: [], fault: 'a quote has no end.' }
  return { words: words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, one, two) => one ?? two)) }
}

/** The flags that choose an environment, with their values, and the position of each. */
export function environmentFlags(
  flags: readonly string[],
): readonly { readonly flag: string; readonly index: number }[] {
  return flags.flatMap((flag, index) => {
    const isValue = ['-E', '--environment', '--overlay'].includes(flags[index - 1] ?? '')
    const isFlag = /^(-E.*|--(environment|overlay)(=.*)?)$/.test(flag)
    return isValue || isFlag ? [{ flag, index }] : []
  })
}

/** Whether the job can log in to a server. */
export function hasCredentials({ PREFECT_API_URL, PREFECT_API_KEY, PREFECT_API_AUTH_STRING }: Env): boolean {
  const inUrl = /^\w+:\/\/[^/?#]*@/.test(PREFECT_API_URL ?? '')
  return Boolean(PREFECT_API_URL) && (Boolean(PREFECT_API_KEY) || Boolean(PREFECT_API_AUTH_STRING) || inUrl)
}

/** The values that no log may show. */
export function secretsOf(env: Env): string[] {
  const url = env.PREFECT_API_URL ?? ''
  const password = URL.canParse(url) ? decodeURIComponent(new URL(url).password) : ''
  return [env.PREFECT_API_KEY, env.PREFECT_API_AUTH_STRING, password].filter((value): value is string => Boolean(value))
}

/** The proxy for a URL, by the same environment variables as for Prefect's server. */
export function proxyOf(url: string, env: Env) {
  return proxyFor(url, env, [])
}
