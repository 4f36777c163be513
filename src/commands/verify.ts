import type { Check } from '../check.ts'
import { commandFormats } from '../report/index.ts'
import { defineCommand, required } from './command.ts'
import { readExits } from './exits.ts'
import { fleetOptions, forEachServer } from './fleet.ts'
import type { ExitStatus } from './io.ts'
import {
  activationOption,
  environmentOptions,
  formatOf,
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
    ...fleetOptions,
    ...activationOption,
    ...selectionOptions,
    ...environmentOptions,
    ...secretOptions,
    ...formatOf(commandFormats),
  },
  examples: [
    'verify prod.snapshot.yaml --profile prod',
    'verify prod.snapshot.yaml --profile prod -f json',
    "verify baseline.snapshot.yaml --profile 'team-*'",
  ],
  exits: {
    ...readExits,
    changes: 'The server differs from the snapshot, or a check failed.',
    'server-only': 'Only the server has more than the snapshot in its scope.',
  },
  async run(options, terminal) {
    return forEachServer('verify', options, terminal, async (input, io) => {
      const operations = await import('../operations/verify.ts')
      const { printChecks } = await import('./print-checks.ts')
      const checks = await operations.verify(input, io)
      const status = statusOf(checks)
      await printChecks('verify', checks, status, input.format, io)
      return status
    })
  },
})

function statusOf(checks: readonly Check[]): ExitStatus {
  if (checks.some(({ status }) => status === 'error')) return 'changes'
  return checks.some(({ serverOnly }) => serverOnly) ? 'server-only' : 'ok'
}
