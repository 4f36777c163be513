import { commandFormats } from '../report/index.ts'
import { defineCommand, flag, required, valueOr } from './command.ts'
import { durationMs } from './duration-option.ts'
import { waveExits } from './exits.ts'
import { migrationRequest } from './migrate-words.ts'
import { applyOptions, dryRunOption, formatOf, migrationOptions } from './options.ts'

export const migrateCutover = defineCommand({
  name: 'migrate cutover',
  group: 'Move',
  summary: 'Switch a wave from the old server to the new one',
  description:
    'Switches the deployments and automations of a wave one by one: paused at the old server, and activated at the new one once nothing of it is in flight and no run of its schedule is near. Never active on both servers, whenever a process or a server dies; running it again finishes what is left.',
  arguments: { wave: required('name of the wave') },
  options: {
    ...migrationOptions,
    drainTimeout: valueOr(
      '--drain-timeout <time>',
      'how long to wait for runs in flight; with 0, they end at the old server',
      '10m',
    ),
    maxGap: valueOr(
      '--max-gap <time>',
      'how long a switch may wait with a resource on neither server, and how far away its next run has to be at least',
      '5s',
    ),
    runMissed: flag('--run-missed', 'make a run, once, for each time of a schedule that neither server ran'),
    allowNoWorker: flag('--allow-no-worker', 'continue if a work pool of the new server has no worker'),
    ...dryRunOption,
    yes: applyOptions.yes,
    ...formatOf(commandFormats),
  },
  examples: ['migrate cutover ingest --dry-run', 'migrate cutover ingest --drain-timeout 30m --run-missed'],
  exits: waveExits,
  async run({ wave, drainTimeout, maxGap, ...options }, io) {
    const { runSwitch } = await import('./run-switch.ts')
    const times = { drainMs: durationMs(drainTimeout, '--drain-timeout'), maxGapMs: durationMs(maxGap, '--max-gap') }
    return runSwitch({ ...options, ...migrationRequest(options), wave, ...times }, 'cutover', options, io)
  },
})
