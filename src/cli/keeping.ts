import type { Command } from 'commander'
import type { Act } from './act.ts'
import { performing, planned } from './applying.ts'
import { activation, examples, identities, onServer, positive, sealing, selecting, table } from './shared.ts'

/** The commands that make a repository ready, keep what a server holds, and bring it back. */
export function addKeeping(program: Command, act: Act): void {
  const reading = program.command('backup').argument('<folder>', 'where the backups are')
  sealing(identities(selecting(onServer(reading, 'the server to read'))))
    .summary('keep a dated snapshot of a server, if something has changed')
    .description(
      'Reads a server and writes a dated snapshot to a folder, unless the newest one there says the same. Prints its path. A server that cannot be read in full leaves the folder as it is. For cron: 0 where the newest backup is good.',
    )
    .option('--keep <n>', 'so many stay: older ones are removed, and no other file', positive)
    .addHelpText(
      'after',
      examples(
        'backup backups/ --profile prod',
        'backup /var/backups/prefect --profile prod --keep 30 --quiet',
        'backup backups/ --profile prod --secrets age --recipient age1… --identity key.txt',
      ),
    )
    .action(
      act(async ([folder = '.'], flags, io) =>
        (await import('../commands/backup.ts')).backup({ ...(flags as object), folder } as never, await table(), io),
      ),
    )
  performing(planned(program.command('restore'), activation(undefined)))
    .summary('bring back what a backup holds')
    .description(
      'Applies a snapshot, or the newest backup of a folder. With --drill to an empty server, which is then exported and compared: whether everything would come back.',
    )
    .option('--drill', 'to an empty server, to see kind by kind what comes back; all is made paused or disabled')
    .addHelpText(
      'after',
      examples(
        'restore backups/ --profile prod',
        'restore backups/2026-11-24T10-30-00Z.snapshot.yaml --profile prod --prune',
        'restore backups/ --drill --profile empty --yes',
      ),
    )
    .action(
      act(async ([snapshot = '-'], flags, io) =>
        (await import('../commands/restore.ts')).restore({ ...(flags as object), snapshot }, await table(), io),
      ),
    )
  program
    .command('init')
    .summary('make a repository ready')
    .description(
      'Writes a policy file, editor settings that bind *.snapshot.yaml to its schema, lines for git, and workflows for GitHub. What is there is left as it is.',
    )
    .argument('[folder]', 'the root of the repository', '.')
    .option('--snapshot <path>', 'the snapshot of the workflows', 'prod.snapshot.yaml')
    .option('--action <action>', 'the GitHub Action of prefect-snapshot, pinned', 'OWNER/prefect-snapshot@COMMIT')
    .option('--force', 'replace what is there, and add missing lines to .gitignore and .gitattributes')
    .addHelpText('after', examples('init', 'init --snapshot platform/'))
    .action(
      act(async ([folder = '.'], flags, io) =>
        (await import('../commands/init.ts')).init({ ...(flags as object), folder } as never, await table(), io),
      ),
    )
}
