import { Failure } from '../issue.ts'
import { defineCommand, required, value } from './command.ts'
import { snapshotForms } from './options.ts'

export const bundle = defineCommand({
  name: 'bundle',
  group: 'Share',
  summary: 'Pack a snapshot into one file with checksums',
  description:
    'Packs the files of a snapshot, the schema and checksums into one file. Every command that takes a snapshot also takes a bundle, and rejects a bundle that was modified. The same snapshot always gives the same bytes.',
  arguments: { snapshot: required(snapshotForms) },
  // Not declared as required: commander would then require it of the subcommand `bundle verify` too.
  options: { output: value('-o, --output <file>', 'bundle to write, such as acme.tar.gz (required)') },
  examples: ['bundle prod.snapshot.yaml -o acme.tar.gz', 'bundle git:v1.4:platform/ -o acme.tar.gz'],
  async run({ snapshot, output }, io) {
    if (output === undefined) throw missingOutput()
    const operations = await import('../operations/pack-bundle.ts')
    const { noteBundle } = await import('./print.ts')
    const packed = await operations.bundle({ snapshot, output }, io)
    io.warn(packed.issues)
    noteBundle(output, packed, io)
    return 'ok'
  },
})

function missingOutput(): Failure {
  const message = 'The path of the bundle is missing.'
  return new Failure([{ code: 'usage', severity: 'error', message, fix: 'Add -o acme.tar.gz.' }])
}
