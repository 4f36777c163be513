import { commandFormats } from '../report/index.ts'
import { defineCommand, value } from './command.ts'
import { readExits } from './exits.ts'
import { environmentOptions, formatOf, sideWorkspaces } from './options.ts'

export const doctor = defineCommand({
  name: 'doctor',
  group: 'Set up',
  summary: 'Run preflight checks on one server or two',
  description:
    'Checks one server, or two before a transfer: reachability, versions, kinds, references, secrets, work pools and workers, clocks, what is active on both, and what the destination does not support. Changes nothing.',
  arguments: {},
  options: {
    from: value('--from <profile>', 'profile of the server to read'),
    to: value('--to <profile>', 'profile of the server to change'),
    ...sideWorkspaces,
    ...environmentOptions,
    ...formatOf(commandFormats),
  },
  examples: [
    'doctor --from staging --to prod',
    'doctor --from staging --to prod --overlay prod.overlay.yaml',
    'doctor --to prod',
    'doctor --to prod -f json',
  ],
  exits: readExits,
  async run(input, io) {
    const { preflight } = await import('../operations/preflight.ts')
    const { printChecks } = await import('./print-checks.ts')
    const checks = await preflight(input, io)
    const status = checks.some((check) => check.status === 'error') ? 'failed' : 'ok'
    await printChecks('doctor', checks, status, input.format, io)
    return status
  },
})
