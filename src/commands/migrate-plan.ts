import { migratePlanFormats } from '../report/index.ts'
import type { MigratePlanReport } from '../report/model/migrate-reports.ts'
import { defineCommand, flag, optional } from './command.ts'
import { toArgv } from './command-line.ts'
import { readExits } from './exits.ts'
import { migrationRequest } from './migrate-words.ts'
import { formatOf, migrationOptions } from './options.ts'

export const migratePlan = defineCommand({
  name: 'migrate plan',
  group: 'Move',
  summary: 'Show the scope of a migration in waves',
  description:
    'Reads both servers of a waves file and shows which deployments and automations belong to which wave, what they need, what connects waves, what the new server cannot have, and where workers are missing there. Exits with 2 if anything that runs by itself is in no wave. As Markdown it is a checklist. Changes nothing.',
  arguments: { wave: optional('name of a wave; by default, all of them') },
  options: {
    ...migrationOptions,
    full: flag('--full', 'list all names'),
    ...formatOf(migratePlanFormats),
  },
  examples: [
    'migrate plan',
    'migrate plan ingest --waves platform/waves.yaml',
    'migrate plan -f markdown > checklist.md',
  ],
  exits: { ...readExits, changes: 'Something that runs by itself is in no wave.' },
  async run(input, io) {
    const { planMigration } = await import('../operations/migrate-plan.ts')
    const { migratePlanReporters } = await import('../report/index.ts')
    const { targetReport } = await import('./migrate-status-report.ts')
    const { commonOf } = await import('./print.ts')
    const { wave, full = false, format } = input
    const request = { ...migrationRequest(input), ...(wave === undefined ? {} : { wave }) }
    const { from, to, issues, ...plan } = await planMigration(request, io)
    const status = issues.length > 0 ? io.statusOf(issues) : plan.none.length > 0 ? 'changes' : 'ok'
    const report: MigratePlanReport = {
      schema: 'prefect-snapshot/migrate-plan',
      ...commonOf(issues, status, io),
      ...{ from: targetReport(from), to: targetReport(to), file: input.waves },
      options: toArgv(migrationOptions, { ...input }),
      ...plan,
      unsupported: plan.unsupported.map(({ ref, reason }) => ({ ref, reason })),
    }
    const reporter = await migratePlanReporters[format]()
    io.out(reporter(report, { style: io.style, width: io.width, full }))
    if (format !== 'json') io.warn(issues)
    return status
  },
})
