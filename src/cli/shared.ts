import { type Command, InvalidArgumentError, Option } from 'commander'

/** What a command takes where it takes a snapshot. */
export const snapshotForms = 'file, directory, bundle, git:REV:path, or - for standard input'

/** Flags that say which server a command talks to. */
export function onServer(command: Command, what: string): Command {
  return command
    .option('-p, --profile <name>', `profile of Prefect's profiles.toml: ${what} (the active one where none is named)`)
    .addOption(
      new Option(
        '--api-url <url>',
        `URL of the API: ${what}; credentials come from PREFECT_API_KEY or PREFECT_API_AUTH_STRING`,
      ).conflicts('profile'),
    )
}

/** The flag that says how a report is written. */
export function reporting(
  command: Command,
  formats: readonly string[] = ['text', 'json', 'markdown', 'html'],
): Command {
  return command.addOption(
    new Option('-f, --format <format>', 'how standard output is written').choices(formats).default(formats[0]),
  )
}

/**
 * Flags that say which resources a command is about: the same everywhere. Each may be repeated, and then one is enough;
 * different flags must all be met.
 */
export function selecting(command: Command): Command {
  return command
    .option(
      '--include <glob>',
      'only these, by a glob over kind/key such as deployment/etl/**, and what they need; may be repeated: one has to match',
      collect,
    )
    .option('--exclude <glob>', 'not these, unless a chosen one needs them; may be repeated', collect)
    .option('--tag <tag>', 'only those with this tag; may be repeated: one is enough', collect)
    .option('--kind <kind>', 'only those of this kind; may be repeated', collect)
    .option('--dependents', 'what needs the chosen ones too, directly or not')
    .option('--no-dependencies', 'leave out what the chosen ones need')
}

/** Flags that say what fills the placeholders of a snapshot, besides the environment. */
export function resolvingSecrets(command: Command): Command {
  return identities(envFiles(command)).option(
    '--allow-commands',
    'run the commands that the snapshot names for secrets',
  )
}

/** Files that say what the environment does not. */
export function envFiles(command: Command): Command {
  return command.option(
    '--env-file <file>',
    'NAME=value lines for secrets that the environment does not have; may be repeated, the last one wins',
    collect,
  )
}

/** Who decrypts. */
export function identities(command: Command): Command {
  return command.option(
    '--identity <file>',
    'a file with identities of age, for secrets that are encrypted; may be repeated',
    collect,
  )
}

/** Who can decrypt what is encrypted. */
export function recipients(command: Command): Command {
  return command.option(
    '--recipient <key>',
    'who can decrypt: age1…; may be repeated (default: recipients: of the policy file)',
    collect,
  )
}

/** What becomes of secrets that are read from a server. */
export function sealing(command: Command): Command {
  const secrets = new Option(
    '--secrets <how>',
    'placeholders: left out; age: encrypted for --recipient; plain: written in clear, into a file that only you can read',
  )
  return recipients(command.addOption(secrets.choices(['placeholders', 'age', 'plain']).default('placeholders')))
}

/** Flags that say in which environment a snapshot is looked at. */
export function inEnvironment(command: Command): Command {
  return command
    .option('-E, --environment <name>', 'as it is in this environment: environments: in prefect-snapshot.yaml')
    .option(
      '--overlay <file>',
      'as this file changes it; may be repeated, and each sees what the one before made',
      collect,
    )
}

/** The values of a flag that may be repeated. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** Examples under the help of a command. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  prefect-snapshot ${line}`).join('\n')}`
}

/** A whole number from 1 on. */
export function positive(value: string): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.')
  return number
}

/** The kinds, loaded when a command needs them. */
export async function table() {
  return (await import('../kinds/all.ts')).kinds
}

/** What becomes of the fields that switch work on and off. */
export function activation(otherwise: string | undefined): Option {
  return new Option(
    '--activation <policy>',
    'snapshot: as it says; paused: what is made is made paused or disabled; keep: what exists stays as it is',
  )
    .choices(['snapshot', 'paused', 'keep'])
    .default(otherwise)
}
