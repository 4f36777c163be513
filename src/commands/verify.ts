import { defineCommand, required } from './command.ts'
import {
  activationOption,
  environmentOptions,
  secretOptions,
  selectionOptions,
  serverOptions,
  snapshotForms,
} from './options.ts'

export const verify = defineCommand({
  name: 'verify',
  group: 'Review',
  summary: 'Check that a server matches a snapshot',
  description:
    'Checks, for example after a transfer, that all resources are as in the snapshot and that all work pools have workers. Exits with 2 if anything differs, with 10 if only the server has more.',
  arguments: { snapshot: required(snapshotForms) },
  options: {
    ...serverOptions('server to check'),
    ...activationOption,
    ...selectionOptions,
    ...environmentOptions,
    ...secretOptions,
  },
  examples: ['verify prod.snapshot.yaml --profile prod'],
  async run(input, io) {
    const operations = await import('../operations/verify.ts')
    const { checksText, verdictText } = await import('../report/text/checks-text.ts')
    const checks = await operations.verify(input, io)
    io.out(checksText(checks, io.style) + verdictText(checks, io.style))
    if (checks.some(({ status }) => status === 'error')) return 'changes'
    return checks.some(({ serverOnly }) => serverOnly) ? 'server-only' : 'ok'
  },
})
