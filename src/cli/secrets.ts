import type { Command } from 'commander'
import type { Act } from './act.ts'
import { examples, identities, recipients, reporting, resolvingSecrets, snapshotForms, table } from './shared.ts'

/** The commands that are about the secrets of a snapshot. No server has a part in them. */
export function addSecrets(program: Command, act: Act): void {
  const secrets = program
    .command('secrets')
    .summary('look at the secrets of a snapshot')
    .description('Looks at where the secrets of a snapshot come from. No value is ever shown.')
    .addHelpText('after', examples('secrets list prod.snapshot.yaml'))
  resolvingSecrets(reporting(secrets.command('list'), ['text', 'json']))
    .summary('list where secrets come from, and whether each can be had')
    .description(
      'Lists the secrets of a snapshot, where each comes from, and whether it can be had now. Exits with 3 where one cannot be. No value is ever shown.',
    )
    .argument('<snapshot>', snapshotForms)
    .addHelpText(
      'after',
      examples(
        'secrets list prod.snapshot.yaml',
        'secrets list prod.snapshot.yaml --identity key.txt --env-file prod.env',
        'secrets list platform/ -f json',
      ),
    )
    .action(
      act(async ([snapshot = '-'], flags, io) =>
        (await import('../commands/secrets.ts')).listSecrets({ ...(flags as object), snapshot }, await table(), io),
      ),
    )
  recipients(identities(program.command('rekey')))
    .summary('encrypt the secrets of a snapshot for other recipients')
    .description(
      'Encrypts every value of a snapshot that is encrypted for other recipients, in place. Comments, order and everything else stay.',
    )
    .argument('<snapshot>', 'file or directory')
    .addHelpText(
      'after',
      examples(
        'rekey prod.snapshot.yaml --identity key.txt --recipient age1… --recipient age1…',
        'rekey platform/ --identity key.txt',
      ),
    )
    .action(
      act(async ([snapshot = '-'], flags, io) =>
        (await import('../commands/rekey.ts')).rekey({ ...(flags as object), snapshot }, await table(), io),
      ),
    )
}
