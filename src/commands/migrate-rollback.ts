import { commandFormats } from '../report/index.ts'
import { defineCommand, flag, required, valueOr } from './command.ts'
import { durationMs } from './duration-option.ts'
import { waveExits } from './exits.ts'
import { migrationRequest } from './migrate-words.ts'
import { applyOptions, dryRunOption, formatOf, migrationOptions } from './options.ts'

export const migrateRollback = defineCommand({
  name: 'migrate rollback',
  group: 'Move',
  summary: 'Switch a wave back to the old server',
  description:
    'Switches the members of a wave back that were cut over, as they were before: paused at the new server, then activated at the old one, and never on both. Waits for no runs in flight unless asked to, and lists those that the new server still has.',
  arguments: { wave: required('name of the wave') },
  options: {
    ...migrationOptions,
    drainTimeout: valueOr(
      '--drain-timeout <time>',
      'how long to wait for runs in flight; with 0, they end at the new server',
      '0',
    ),
    runMissed: flag('--run-missed', 'make a run, once, for each time of a schedule that neither server ran'),
    ...dryRunOption,
    yes: applyOptions.yes,
    ...formatOf(commandFormats),
  },
  examples: ['migrate rollback ingest --dry-run', 'migrate rollback ingest --yes'],
  exits: waveExits,
  async run({ wave, drainTimeout, ...options }, io) {
    const { runSwitch } = await import('./run-switch.ts')
    const times = { drainMs: durationMs(drainTimeout, '--drain-timeout'), maxGapMs: 5000 }
    return runSwitch({ ...options, ...migrationRequest(options), wave, ...times }, 'rollback', options, io)
  },
})
