import type { MigrationStatus } from '../operations/migrate-status.ts'
import { commandFormats } from '../report/index.ts'
import { defineCommand, flag, valueOr } from './command.ts'
import { readExits } from './exits.ts'
import { migrationRequest } from './migrate-words.ts'
import { formatOf, migrationOptions } from './options.ts'

export const migrateStatus = defineCommand({
  name: 'migrate status',
  group: 'Move',
  summary: 'Show how far a migration in waves is',
  description:
    'Reads both servers of a waves file and the journal beside it, and shows for each wave which side its schedules are active on, what has changed at the old side since it was carried over, what needs attention, and the command to run next. Changes nothing.',
  arguments: {},
  options: {
    ...migrationOptions,
    exitCode: flag('--exit-code', 'exit with 2 if anything is on both sides or on neither'),
    watch: flag('--watch', 'read again and again, until Ctrl-C; without a terminal, print a line for each change'),
    interval: valueOr('--interval <duration>', 'time between two readings of --watch, such as 5s or 1m', '5s'),
    full: flag('--full', 'list all names'),
    ...formatOf(commandFormats),
  },
  examples: ['migrate status', 'migrate status --watch', 'migrate status -f json --exit-code'],
  exits: { ...readExits, changes: 'With `--exit-code`: something is on both sides or on neither.' },
  async run(input, io) {
    const { durationMs } = await import('./duration-option.ts')
    const intervalMs = Math.max(1000, durationMs(input.interval, '--interval'))
    const { statusReport } = await import('./migrate-status-report.ts')
    const { commonOf, printCommand } = await import('./print.ts')
    const endOf = ({ issues, unsafe }: MigrationStatus) =>
      issues.length > 0 ? io.statusOf(issues) : input.exitCode && unsafe ? 'changes' : 'ok'
    const reportOf = (status: MigrationStatus) =>
      statusReport(status, commonOf(status.issues, endOf(status), io), io.now(), input)
    if (input.watch) {
      const { watchStatus } = await import('./watch-status.ts')
      return watchStatus(reportOf, { ...input, intervalMs }, io)
    }
    const { migrationStatus } = await import('../operations/migrate-status.ts')
    const status = await migrationStatus(migrationRequest(input), io)
    await printCommand(reportOf(status), input, io)
    if (input.format !== 'json') io.warn(status.issues)
    return endOf(status)
  },
})
