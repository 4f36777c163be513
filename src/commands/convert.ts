import { kindsText, plural } from '../plain-text.ts'
import { defineCommand, flag, required, requiredValue } from './command.ts'
import { snapshotForms } from './options.ts'

export const convert = defineCommand({
  name: 'convert',
  group: 'Share',
  summary: 'Convert a snapshot to a file, a directory or a bundle',
  description:
    'Writes a snapshot in another form: one file, a directory with a file for each resource, or a bundle. Comments are lost, except in a bundle.',
  arguments: { snapshot: required(snapshotForms) },
  options: {
    output: requiredValue(
      '-o, --output <path>',
      'file, directory (ends in /), bundle (ends in .tar.gz), or - for standard output',
    ),
    overwrite: flag('--overwrite', 'replace what is at the output, also comments, uncommitted edits and other files'),
  },
  examples: [
    'convert prod.snapshot.yaml -o platform/',
    'convert platform/ -o prod.snapshot.yaml',
    'convert acme.tar.gz -o platform/',
  ],
  async run(input, io) {
    const operations = await import('../operations/convert.ts')
    const { writeResultText } = await import('../report/text/write-result.ts')
    const { noteBundle } = await import('./print.ts')
    const { snapshot, issues, text, written, bundle } = await operations.convert(input, io)
    io.warn(issues)
    if (text !== undefined) {
      io.out(text)
      return 'ok'
    }
    if (bundle) {
      noteBundle(input.output, bundle, io)
      return 'ok'
    }
    if (written?.directory) io.note(writeResultText(input.output, written))
    const { resources } = snapshot
    io.note(`Wrote ${plural(resources.length, 'resource')} to ${input.output}: ${kindsText(resources)}\n`)
    return 'ok'
  },
})
