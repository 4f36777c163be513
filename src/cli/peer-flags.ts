/** Options of Terraform, kubectl, decK and `prefect` that users may type from habit, and their equivalents. */
const hints: readonly {
  readonly flags: readonly string[]
  readonly commands?: readonly string[]
  readonly fix: string
}[] = [
  { flags: ['--auto-approve', '-auto-approve', '--no-prompt', '--assume-yes'], fix: 'Use --yes.' },
  {
    flags: ['--dry-run', '--diff', '--check'],
    commands: ['apply', 'restore'],
    fix: 'Use the command plan: it shows what apply would do and changes nothing.',
  },
  {
    flags: ['-o', '-out', '--output', '--output-file'],
    commands: ['plan'],
    fix: 'Use --out to save the plan, or > to save the output.',
  },
  { flags: ['-v'], fix: 'Use --verbose for a line for each request, or --version for the version.' },
  { flags: ['-q', '--silent'], fix: 'Use --quiet.' },
  { flags: ['--json'], fix: 'Use -f json.' },
  { flags: ['--detailed-exitcode', '-detailed-exitcode', '--non-zero-exit-code'], fix: 'Use --exit-code.' },
  {
    flags: ['--target', '-target', '--select', '--select-tag', '-l', '--selector'],
    fix: 'Use --include, --tag or --kind.',
  },
  { flags: ['--parallelism', '-parallelism', '--max-parallel'], fix: 'Use --concurrency.' },
  {
    flags: ['--workspace', '--profile'],
    commands: ['diff'],
    fix: 'Name the server as a side: profile:NAME, or profile:NAME@account/handle for a workspace.',
  },
  {
    flags: ['--context', '--server', '--host', '--kong-addr', '--url'],
    fix: 'Use --profile or --api-url.',
  },
  {
    flags: ['--env-file', '--from-env-file', '--secret-file', '--secrets-file', '--var-file', '-var-file', '--dotenv'],
    fix: 'Use --secret-env-file. Node itself takes --env-file, wherever it is on the command line.',
  },
  { flags: ['--state', '--file'], fix: 'Name the snapshot as an argument.' },
  {
    flags: ['--force'],
    commands: ['plan', 'apply', 'transfer', 'restore'],
    fix: 'Use --override-change-limit for many deletes or updates, or --yes to apply without confirmation.',
  },
]

/** The equivalent of an unknown option; undefined if the option is not in the table. */
export function hintFor(message: string, argv: readonly string[]): string | undefined {
  const [, flag] = /unknown option '([^'=]+)/.exec(message) ?? []
  if (flag === undefined) return undefined
  const fits = hints.find(
    ({ flags, commands }) => flags.includes(flag) && (!commands || commands.some((name) => argv.includes(name))),
  )
  return fits?.fix
}
