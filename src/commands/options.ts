import type { ExportSecretRequest } from '../operations/export-secrets.ts'
import type { PlanRules } from '../operations/make-plan.ts'
import { formats } from '../report/index.ts'
import { formatDocs } from '../writers/all.ts'
import { choice, choiceOf, count, flag, list, optionalChoiceOf, value, valueOr } from './command.ts'

/* Options that several commands have, declared once. A command spreads the tables that it needs into its own. */

/** The forms of a snapshot argument. */
export const snapshotForms = 'file, directory, bundle, git:REV:path, or - for standard input'

/** The workspace of Prefect Cloud. */
const workspaceOption = (purpose: string) => ({
  workspace: value('--workspace <account/handle>', `workspace of Prefect Cloud, instead of that of the ${purpose}`),
})

/** The server of a command, and how to connect to it. */
export const serverOptions = (purpose: string) => ({
  profile: value(
    '-p, --profile <name>',
    `profile in Prefect's profiles.toml of the ${purpose} (default: the active one)`,
  ),
  apiUrl: value(
    '--api-url <url>',
    `API URL of the ${purpose}; credentials come from PREFECT_API_KEY or PREFECT_API_AUTH_STRING`,
    { conflicts: 'profile' },
  ),
  ...workspaceOption(purpose),
})

/** The workspace of the server that is read. */
export const fromWorkspace = {
  fromWorkspace: value(
    '--from-workspace <account/handle>',
    'workspace of Prefect Cloud to read, instead of that of --from',
  ),
}

/** The workspaces of both sides of a transfer. */
export const sideWorkspaces = {
  ...fromWorkspace,
  toWorkspace: value(
    '--to-workspace <account/handle>',
    'workspace of Prefect Cloud to change, instead of that of --to',
  ),
}

/** The format of a report, one of `choices`. */
export const formatOf = <const F extends readonly [string, ...string[]]>(choices: F) => ({
  format: choice('-f, --format <format>', 'format of standard output', choices),
})

/** The format of a report. */
export const formatOption = formatOf(formats)

/** How a plan or a comparison is shown. */
export const showOptions = {
  ...formatOption,
  full: flag('--full', 'show long values and lists whole, also those of created and deleted resources'),
}

/** Selects resources. A resource must match all of the given options. */
export const selectionOptions = {
  include: list(
    '--include <glob>',
    'select resources by a glob over kind/key, such as deployment/etl/**, and their dependencies; repeatable, a resource must match at least one',
  ),
  exclude: list('--exclude <glob>', 'leave out resources unless a selected one depends on them; repeatable'),
  tag: list('--tag <tag>', 'select resources with this tag; repeatable, a resource must have at least one'),
  kind: list('--kind <kind>', 'select resources of this kind; repeatable'),
  dependents: flag('--dependents', 'also select resources that depend on the selection'),
  dependencies: flag('--no-dependencies', 'leave out dependencies of the selection'),
}

/** Another format than a snapshot. */
export const asOption = { as: optionalChoiceOf('--as <format>', formatDocs) }

/** For servers that are newer than the tool. */
export const allowUnknownOption = {
  allowUnknown: flag('--allow-unknown', 'go on without values of fields that this version does not know; list them'),
}

/** What a snapshot leaves to the destination. */
export const externalOption = {
  external: list(
    '--external <glob>',
    'leave out resources that only the destination has, such as work-pool/k8s/**, and list them in the header; repeatable',
  ),
}

/** The overlays that are applied to a snapshot. */
export const environmentOptions = {
  environment: value('-E, --environment <name>', 'apply the overlays of this environment in prefect-snapshot.yaml'),
  overlay: list('--overlay <file>', 'apply this overlay; repeatable, in order'),
}

/** Files with environment variables for secrets. */
export const secretEnvFileOption = {
  secretEnvFile: list(
    '--secret-env-file <file>',
    'file with NAME=value lines for secrets missing in the environment; repeatable, the last one wins',
  ),
}

/** Identities that decrypt secrets. */
export const identityOption = {
  identity: list('--identity <file>', 'file with age identities that decrypt secrets; repeatable'),
}

/** Recipients of encrypted secrets. */
export const recipientOption = {
  recipient: list(
    '--recipient <key>',
    'age1… public key that can decrypt secrets; repeatable (default: recipients: in prefect-snapshot.yaml)',
  ),
}

/** Where the values of secret placeholders come from, besides the environment. */
export const secretOptions = {
  ...secretEnvFileOption,
  ...identityOption,
  allowCommands: flag('--allow-commands', 'run the commands that the snapshot names as sources of secrets'),
}

/** How secrets that are read from a server are exported. */
export const exportSecretOptions = {
  secrets: choiceOf('--secrets <how>', {
    placeholders: 'leave values out',
    age: 'encrypt them for --recipient',
    plain: 'write clear text to a file that only you can read',
  } satisfies Readonly<Record<ExportSecretRequest['secrets'], string>>),
  ...recipientOption,
  ...identityOption,
}

const activations = {
  snapshot: 'use the state in the snapshot',
  paused: 'create resources paused or disabled',
  keep: 'keep the state of existing resources',
} satisfies Readonly<Record<NonNullable<PlanRules['activation']>, string>>

/** How an apply treats the fields that pause or activate work. */
export const activationOption = { activation: choiceOf('--activation <policy>', activations) }

/** The same; the command chooses the default. */
export const optionalActivation = {
  activation: optionalChoiceOf('--activation <policy>', activations),
}

/** Exceptions from the rules for plans, except deletes. */
export const ruleOptions = {
  raiseChangeLimit: list(
    '--raise-change-limit <change>',
    'allow so many changes of one kind, such as update:deployment=480; the limit on others stays; repeatable',
  ),
  overrideChangeLimit: flag('--override-change-limit', 'override the limit on bulk deletes and updates of every kind'),
  allowUnresolved: flag('--allow-unresolved', 'keep IDs that could not be resolved'),
  skipUnsupported: flag('--skip-unsupported', 'skip what the server does not support, and apply the rest'),
}

/** All options that determine a plan: the same options give the same plan. */
export const planRequestOptions = {
  prune: flag('--prune', 'delete resources in scope that only the server has'),
  ...ruleOptions,
  ...serverOptions('server to change'),
  ...selectionOptions,
  ...environmentOptions,
  ...secretOptions,
}

/** Options of every command that plans a snapshot. */
export const planOptions = { ...planRequestOptions, ...showOptions }

/** Options of every command that changes a server. */
export const applyOptions = {
  yes: flag('-y, --yes', 'apply without confirmation'),
  concurrency: count('--concurrency <n>', 'writes at a time (default: adapts to the server)'),
  journal: value('--journal <file>', 'path of the journal (default: a new file in the state directory)'),
}

/** Shows a plan without applying it. */
export const dryRunOption = { dryRun: flag('--dry-run', 'show the plan and change nothing') }

/** Options of the commands that switch selected resources. */
export const switchOptions = {
  ...dryRunOption,
  ...applyOptions,
  ...serverOptions('server to change'),
  ...selectionOptions,
  ...environmentOptions,
  ...showOptions,
}

/** Options of every command of a migration. */
export const migrationOptions = {
  waves: valueOr('--waves <file>', 'waves file', 'waves.yaml'),
  journal: value('--journal <file>', 'journal of the migration (default: beside the waves file)'),
}
