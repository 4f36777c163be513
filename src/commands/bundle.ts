import { Failure } from '../issue.ts'
import { defineCommand, required, value } from './command.ts'
import { snapshotForms } from './options.ts'

export const bundle = defineCommand({
  name: 'bundle',
  group: 'Share',
  summary: 'Pack a snapshot into one file with checksums',
  description:
    'Packs a snapshot, as it is written, with its schema and all checksums into one file. Every command that takes a snapshot takes a bundle, and refuses it if something was changed. The same snapshot gives the same bytes.',
  arguments: { snapshot: required(snapshotForms) },
  // `bundle verify` is one below, and commander would ask it for a required option too.
  options: { output: value('-o, --output <file>', 'bundle to write, such as acme.tar.gz (required)') },
  examples: ['bundle prod.snapshot.yaml -o acme.tar.gz', 'bundle git:v1.4:platform/ -o acme.tar.gz'],
  async run({ snapshot, output }, io) {
    if (output === undefined) throw withoutOutput()
    const operations = await import('../operations/pack-bundle.ts')
    const { noteBundle } = await import('./print.ts')
    const made = await operations.bundle({ snapshot, output }, io)
    io.warn(made.issues)
    noteBundle(output, made, io)
    return 'ok'
  },
})

function withoutOutput(): Failure {
  const message = 'The path of the bundle is missing.'
  return new Failure([{ code: 'usage', severity: 'error', message, fix: 'Add -o acme.tar.gz.' }])
}
