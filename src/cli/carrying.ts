import type { Command } from 'commander'
import type { Act } from './act.ts'
import { examples, snapshotForms, table } from './shared.ts'

/** The commands that make one form of a snapshot into another. No server has a part in them. */
export function addCarrying(program: Command, act: Act): void {
  program
    .command('convert')
    .summary('make a snapshot a file, a directory or a bundle')
    .description(
      'Writes a snapshot in another form: one file, a directory with a file for each resource, or a bundle. Nothing is lost but comments, which only a bundle keeps.',
    )
    .argument('<snapshot>', snapshotForms)
    .requiredOption(
      '-o, --output <path>',
      'file, directory (ends in /), bundle (ends in .tar.gz), or - for standard output',
    )
    .addHelpText(
      'after',
      examples(
        'convert prod.snapshot.yaml -o platform/',
        'convert platform/ -o prod.snapshot.yaml',
        'convert acme.tar.gz -o platform/',
      ),
    )
    .action(
      act(async ([snapshot = '-'], flags, io) =>
        (await import('../commands/convert.ts')).convert(snapshot, flags, await table(), io),
      ),
    )
  const bundle = program
    .command('bundle')
    .summary('pack a snapshot into one file to carry, with checksums')
    .description(
      'Packs a snapshot, as it is written, with its schema and the checksums of all into one file; every command that takes a snapshot takes it, and refuses it where something was changed. The same snapshot gives the same bytes.',
    )
    .argument('<snapshot>', snapshotForms)
    // Commander would ask for a required one of `bundle verify` too.
    .option('-o, --output <file>', 'the bundle to write, such as acme.tar.gz (required)')
    .addHelpText(
      'after',
      examples('bundle prod.snapshot.yaml -o acme.tar.gz', 'bundle git:v1.4:platform/ -o acme.tar.gz'),
    )
    .action(
      act(async ([snapshot = '-'], flags, io) =>
        (await import('../commands/bundle.ts')).bundle(snapshot, flags, await table(), io),
      ),
    )
  bundle
    .command('verify')
    .summary('look whether a bundle is as it was made')
    .description('Checks every checksum of a bundle, that no file is missing and none was added, and its schema.')
    .argument('<file>', 'the bundle')
    .addHelpText('after', examples('bundle verify acme.tar.gz'))
    .action(
      act(async ([file = ''], _, io) => (await import('../commands/bundle.ts')).verifyBundle(file, await table(), io)),
    )
}
