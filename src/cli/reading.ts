import type { Command } from 'commander'
import type { Act } from './act.ts'
import {
  activation,
  collect,
  examples,
  identities,
  inEnvironment,
  onServer,
  positive,
  reporting,
  resolvingSecrets,
  sealing,
  selecting,
  snapshotForms,
  table,
} from './shared.ts'

/** The commands that change no server. */
export function addReading(program: Command, act: Act): void {
  sealing(identities(reporting(selecting(onServer(program.command('export'), 'the server to read')))))
    .summary('read a server, write a snapshot')
    .description(
      'Reads a server and writes its configuration as a snapshot. Secrets are left out, with the name of an environment variable for each.',
    )
    .option('-o, --output <path>', 'file, directory (ends in /), or - for standard output', '-')
    .option('--update', 'change only what has changed, and keep comments, order and quotes of what is there')
    .option('--check', 'write nothing, show what --update would change, and exit with 2 where it would')
    .option(
      '--secret-path <glob#pointer>',
      'treat these values as secrets too, by globs over kind/key and over the place; may be repeated',
      collect,
    )
    .option('--strict-secrets', 'exit with 8 and write nothing where a value outside of secrets looks like one')
    .addHelpText(
      'after',
      examples(
        'export --profile staging -o staging.snapshot.yaml',
        'export -o platform/',
        'export --profile prod -o prod.snapshot.yaml --update',
        'export --profile prod -o prod.snapshot.yaml --check -f markdown',
        'export --tag team-a --dependents -o team-a.snapshot.yaml',
        'export -o prod.snapshot.yaml --secrets age --recipient age1…',
        "export -o prod.snapshot.yaml --secret-path 'deployment/**#/spec/job_variables/env/*_KEY' --strict-secrets",
      ),
    )
    .action(
      act(async (_, flags, io) => (await import('../commands/export.ts')).exportSnapshot(flags, await table(), io)),
    )
  inEnvironment(reporting(program.command('validate')))
    .summary('check snapshots, without a server')
    .description(
      'Checks snapshots offline: syntax, schema, keys, tokens and the graph of references. Reports every fault at once.',
    )
    .argument('<snapshot...>', snapshotForms)
    .addHelpText(
      'after',
      examples('validate prod.snapshot.yaml', 'validate snapshots/ -f json', 'validate *.snapshot.yaml -f markdown'),
    )
    .action(
      act(async (paths, flags, io) =>
        (await import('../commands/validate.ts')).validate(paths, flags, await table(), io),
      ),
    )
  selecting(reporting(program.command('diff')))
    .summary('show how two snapshots differ')
    .description(
      'Compares two snapshots, or a snapshot and a server, field by field: what would make the first into the second. Changes nothing.',
    )
    .argument('<before>', 'file, directory, bundle, git:REV:path, - for standard input, or profile:NAME for a server')
    .argument('<after>', 'the same')
    .option('--exit-code', 'exit with 2 where they differ')
    .addHelpText(
      'after',
      examples(
        'diff git:main:prod.snapshot.yaml prod.snapshot.yaml',
        'diff prod.snapshot.yaml profile:prod --exit-code',
        'diff profile:staging profile:prod -f html > review.html',
        "diff old.snapshot.yaml platform/ --include 'deployment/etl/**'",
      ),
    )
    .action(
      act(async ([before = '-', after = '-'], flags, io) =>
        (await import('../commands/diff.ts')).diff({ ...(flags as object), before, after }, await table(), io),
      ),
    )
  inEnvironment(selecting(reporting(program.command('graph'), ['mermaid', 'dot', 'svg', 'html', 'json'])))
    .summary('draw which resource needs which')
    .description(
      'Draws the dependency graph of a snapshot: an arrow goes from what needs to what is needed, and cycles are marked.',
    )
    .argument('<snapshot>', snapshotForms)
    .option('--focus <ref>', 'only this resource (or a glob) and what it needs; may be repeated', collect)
    .option('--depth <n>', 'with --focus: so many steps from it', positive)
    .option('--reverse', 'with --focus: what needs it, instead of what it needs')
    .addHelpText(
      'after',
      examples(
        'graph prod.snapshot.yaml > graph.mmd',
        'graph prod.snapshot.yaml --tag team-a -f svg > team-a.svg',
        'graph prod.snapshot.yaml -f svg --focus deployment/etl/prod > needs.svg',
        'graph prod.snapshot.yaml -f html --focus work-pool/k8s --reverse --depth 2 > who-needs-it.html',
      ),
    )
    .action(
      act(async ([snapshot = '-'], flags, io) =>
        (await import('../commands/graph.ts')).graph({ ...(flags as object), snapshot }, await table(), io),
      ),
    )
  reporting(program.command('explain'), ['text', 'json'])
    .summary('say what an error code, a kind or a field is')
    .description('Explains an error code, a kind, or a field of a kind. Without a word, lists all of them.')
    .argument('[word]', 'CODE, KIND, or KIND.FIELD')
    .addHelpText(
      'after',
      examples('explain dangling-ref', 'explain deployment', 'explain deployment.schedules -f json'),
    )
    .action(
      act(async ([word], flags, io) =>
        (await import('../commands/explain.ts')).explain(word, flags, await table(), io),
      ),
    )
  program
    .command('schema')
    .summary('print the JSON Schema of a snapshot')
    .description('Prints the JSON Schema of the documents of a snapshot, for editors and other tools.')
    .addHelpText('after', examples('schema > snapshot.v1.json'))
    .action(act(async (_, __, io) => (await import('../commands/schema.ts')).schema(await table(), io)))
  program
    .command('doctor')
    .summary('look at what would be in the way of a transfer')
    .description(
      'Looks at one server or two before a transfer: reachable, versions, kinds, references, secrets, pools and workers, clocks, and what the destination cannot hold.',
    )
    .option('--from <profile>', 'the profile to read')
    .option('--to <profile>', 'the profile to change')
    .addHelpText('after', examples('doctor --from staging --to prod', 'doctor --to prod'))
    .action(act(async (_, flags, io) => (await import('../commands/doctor.ts')).doctor(flags, await table(), io)))
  resolvingSecrets(
    inEnvironment(
      selecting(onServer(program.command('verify').argument('<snapshot>', snapshotForms), 'the server to look at')),
    ),
  )
    .addOption(activation('snapshot'))
    .summary('look whether a server is as a snapshot says')
    .description(
      'Compares a server with a snapshot after a transfer: everything equal, every pool served. Exits with 2 where something differs.',
    )
    .addHelpText('after', examples('verify prod.snapshot.yaml --profile prod'))
    .action(
      act(async ([snapshot = '-'], flags, io) =>
        (await import('../commands/verify.ts')).verify({ ...(flags as object), snapshot }, await table(), io),
      ),
    )
  program
    .command('journals')
    .summary('list what was applied from this machine')
    .description(
      'Lists the journals of this user, the newest last: when, to which server, how many changes, and whether the apply came to its end.',
    )
    .addHelpText('after', examples('journals'))
    .action(act(async (_, __, io) => (await import('../commands/journals.ts')).journals(io)))
}
