import type { Command, Option } from 'commander'
import type { Act } from './act.ts'
import {
  activation,
  collect,
  envFiles,
  examples,
  inEnvironment,
  onServer,
  positive,
  reporting,
  resolvingSecrets,
  selecting,
  snapshotForms,
  table,
} from './shared.ts'

/** The commands that change a server, and the one that says what they would do. */
export function addApplying(program: Command, act: Act): void {
  planned(program.command('plan'))
    .summary('show what a server would have to change')
    .description('Compares a snapshot with a server and shows what apply would do. Changes no server.')
    .option('--out <file>', 'save the plan, for an apply of exactly this')
    .option('--exit-code', 'exit with 2 where there are changes')
    .option(
      '--base <snapshot>',
      'say who changed what since this snapshot: ours (the file), theirs (the server), or both',
    )
    .option(
      '--accept-remote <glob>',
      "first write the server's version of these into the file; may be repeated",
      collect,
    )
    .addHelpText(
      'after',
      examples(
        'plan prod.snapshot.yaml --profile prod',
        'plan prod.snapshot.yaml --profile prod --out plan.json',
        'plan prod.snapshot.yaml --profile prod --exit-code',
        'plan prod.snapshot.yaml --profile prod -f markdown > comment.md',
        'plan prod.snapshot.yaml --profile prod --base git:main:prod.snapshot.yaml',
        "plan prod.snapshot.yaml --profile prod --accept-remote 'variable/etl_*'",
        'plan prod.snapshot.yaml --profile prod -f html > review.html',
      ),
    )
    .action(
      act(async ([snapshot = '-'], flags, io) =>
        (await import('../commands/plan.ts')).plan({ ...(flags as object), snapshot }, await table(), io),
      ),
    )
  performing(planned(program.command('apply')))
    .summary('make a server match a snapshot')
    .description(
      'Shows the plan, asks, does it, and reports one outcome for each change. Takes a snapshot, or a plan that plan --out saved.',
    )
    .addHelpText(
      'after',
      examples(
        'apply prod.snapshot.yaml --profile prod',
        'apply prod.snapshot.yaml --profile prod --yes',
        'apply plan.json --profile prod',
        'apply prod.snapshot.yaml --profile prod --activation paused',
      ),
    )
    .action(
      act(async ([snapshot = '-'], flags, io) =>
        (await import('../commands/apply.ts')).apply({ ...(flags as object), snapshot }, await table(), io),
      ),
    )
  addTransfer(program, act)
  addSwitches(program, act)
  performing(
    envFiles(
      reporting(
        onServer(
          program.command('undo').argument('<journal>', 'the journal of the apply'),
          'the server that it was applied to',
        ),
      ),
    ),
  )
    .summary('take back what one apply did')
    .description(
      'Shows what would take an apply back, asks, and does it. What was changed since is left as it is, and told.',
    )
    .addHelpText(
      'after',
      examples('undo ~/.local/state/prefect-snapshot/journals/2026-11-24T08-00-00.000Z-1234.ndjson --profile prod'),
    )
    .action(
      act(async ([file = ''], flags, io) =>
        (await import('../commands/undo.ts')).undo({ ...(flags as object), file }, await table(), io),
      ),
    )
}

/** Switches of what is there, for the waves of a migration. */
function addSwitches(program: Command, act: Act): void {
  switching(program.command('activate').argument('<snapshot>', snapshotForms))
    .summary('switch a selection to what the snapshot says')
    .description(
      'Lets a selection run as the snapshot says: paused or not, enabled or not, each schedule active or not; what it needs too. Nothing is made, and nothing else is changed. Has a journal, and can be undone.',
    )
    .addHelpText(
      'after',
      examples(
        "activate all.snapshot.yaml --include 'deployment/etl/**' --profile new",
        'activate all.snapshot.yaml --tag wave-1 --profile new --dry-run',
      ),
    )
    .action(
      act(async ([snapshot = '-'], flags, io) =>
        (await import('../operations/switch.ts')).activate({ ...(flags as object), snapshot }, await table(), io),
      ),
    )
  switching(
    program
      .command('pause')
      .argument('[snapshot]', `${snapshotForms}; without one, the selection is of the server itself`),
  )
    .summary('pause or disable a selection')
    .description(
      'Pauses the deployments, pools and queues of a selection and disables its automations; schedules keep their own switch. What the selection needs is left alone, since others may need it too.',
    )
    .addHelpText(
      'after',
      examples(
        "pause all.snapshot.yaml --include 'deployment/etl/**' --profile old",
        'pause --tag wave-1 --kind deployment --kind automation --profile old',
      ),
    )
    .action(
      act(async ([snapshot], flags, io) =>
        (await import('../operations/switch.ts')).pause(
          { ...(flags as object), ...(snapshot === undefined ? {} : { snapshot }) },
          await table(),
          io,
        ),
      ),
    )
}

function switching(command: Command): Command {
  return performing(reporting(inEnvironment(selecting(onServer(command, 'the server to switch'))))).option(
    '--dry-run',
    'show what would be switched, and change nothing',
  )
}

function addTransfer(program: Command, act: Act): void {
  performing(envFiles(reporting(selecting(program.command('transfer')))))
    .summary('move everything from one server to another')
    .description(
      'Reads one server and applies what it read to another, with a plan in between. What is made is made paused or disabled, so that no schedule runs on both. Secrets pass in memory.',
    )
    .requiredOption('--from <profile>', 'the profile to read')
    .requiredOption('--to <profile>', 'the profile to change')
    .option('--dry-run', 'show the plan, and change nothing')
    .option('--save <file>', 'keep what was read as a snapshot, with placeholders for secrets')
    .addOption(activation('paused'))
    .option('--allow-unresolved', 'write ids that nothing at the source has as they are')
    .option('--skip-unsupported', 'leave out what the destination cannot hold, and move the rest')
    .option('--allow-same-server', 'go on where both are the same server, or one is a copy of the other')
    .option('--override-change-limit', 'override the limit on bulk updates')
    .addHelpText(
      'after',
      examples(
        'transfer --from staging --to prod --dry-run',
        'transfer --from old --to new --yes',
        "transfer --from old --to new --include 'deployment/etl/**'",
        'transfer --from old --to new --tag team-a',
      ),
    )
    .action(act(async (_, flags, io) => (await import('../commands/transfer.ts')).transfer(flags, await table(), io)))
}

/** Flags of what plans. */
export function planned(command: Command, state: Option = activation('snapshot')): Command {
  return resolvingSecrets(
    reporting(
      inEnvironment(selecting(onServer(command.argument('<snapshot>', snapshotForms), 'the server to change'))),
    ),
  )
    .option('--prune', 'delete what only the server has, where the snapshot manages it')
    .addOption(state)
    .option('--override-change-limit', 'override the limit on bulk deletes and updates')
    .option('--allow-unresolved', 'write ids that nothing at the source had as they are')
    .option('--skip-unsupported', 'leave out what the server cannot hold, and apply the rest')
}

/** Flags of what changes a server. */
export function performing(command: Command): Command {
  return command
    .option('-y, --yes', 'do not ask')
    .option('--concurrency <n>', 'writes at a time (found by trying, where it is not given)', positive)
    .option('--journal <file>', 'where to write what is done (default: a file of its own in the state directory)')
}
