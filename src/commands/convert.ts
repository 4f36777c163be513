import { kindsText, plural } from '../plain-text.ts'
import { defineCommand, flag, required, requiredValue } from './command.ts'
import { asOption, snapshotForms } from './options.ts'

export const convert = defineCommand({
  name: 'convert',
  group: 'Share',
  summary: 'Convert a snapshot to a file, a directory, a bundle or files of another tool',
  description:
    'Writes a snapshot in another form: one file, a directory with a file for each resource, or a bundle. Comments are lost, except in a bundle. With --as, writes files of another tool to a directory, and lists what they cannot hold.',
  arguments: { snapshot: required(snapshotForms) },
  options: {
    output: requiredValue(
      '-o, --output <path>',
      'file, directory (ends in /), bundle (ends in .tar.gz), or - for standard output',
    ),
    ...asOption,
    overwrite: flag('--overwrite', 'replace what is at the output, also comments, uncommitted edits and other files'),
  },
  examples: [
    'convert prod.snapshot.yaml -o platform/',
    'convert platform/ -o prod.snapshot.yaml',
    'convert acme.tar.gz -o platform/',
    'convert prod.snapshot.yaml --as terraform -o infra/',
  ],
  exits: { incomplete: 'The format of `--as` cannot hold everything.' },
  async run(input, io) {
    const operations = await import('../operations/convert.ts')
    const { writeResultText } = await import('../report/text/write-result.ts')
    const { noteBundle } = await import('./print.ts')
    const { snapshot, issues, text, written, writtenAs, bundle } = await operations.convert(input, io)
    io.warn(issues)
    if (writtenAs) return (await import('./print-written-as.ts')).printWrittenAs(writtenAs, io)
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
