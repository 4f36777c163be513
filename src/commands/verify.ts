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
    'Compares a server with a snapshot, for example after a transfer: all resources equal, all work pools served. Exits with 2 if something differs.',
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
    return checks.some(({ status }) => status === 'error') ? 'changes' : 'ok'
  },
})
