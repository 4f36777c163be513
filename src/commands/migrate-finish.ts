import { commandFormats } from '../report/index.ts'
import { defineCommand, flag } from './command.ts'
import { readExits } from './exits.ts'
import { migrationRequest } from './migrate-words.ts'
import { formatOf, migrationOptions } from './options.ts'

export const migrateFinish = defineCommand({
  name: 'migrate finish',
  group: 'Move',
  summary: 'Check that a migration is complete',
  description:
    'Checks that everything of the old server of a waves file is at the new one, that nothing has changed there since it was carried over, and that nothing is active at the old server, on both servers, or on neither. Exits with 2 and lists what is left otherwise. Changes nothing.',
  arguments: {},
  options: {
    ...migrationOptions,
    allowOff: flag('--allow-off', 'accept what was switched off at the new server after its cutover'),
    full: flag('--full', 'list all names'),
    ...formatOf(commandFormats),
  },
  examples: ['migrate finish', 'migrate finish -f json'],
  exits: { ...readExits, changes: 'Something is left.' },
  async run(input, io) {
    const { finishMigration } = await import('../operations/migrate-finish.ts')
    const { targetReport } = await import('./migrate-status-report.ts')
    const { commonOf, printCommand } = await import('./print.ts')
    const request = { ...migrationRequest(input), ...(input.allowOff ? { allowOff: true } : {}) }
    const { from, to, ...end } = await finishMigration(request, io)
    const status = end.open.length > 0 ? 'changes' : 'ok'
    const sides = { from: targetReport(from), to: targetReport(to) }
    const unsupported = end.unsupported.map(({ ref, reason }) => ({ ref, reason }))
    const report = {
      schema: 'prefect-snapshot/migrate-finish',
      ...commonOf([], status, io),
      ...sides,
      ...end,
      unsupported,
    } as const
    await printCommand(report, input, io)
    return status
  },
})
