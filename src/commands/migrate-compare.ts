import { Failure } from '../issue.ts'
import { compareFormats, compareReporters } from '../report/index.ts'
import { defineCommand, flag, list, required, value, valueOr } from './command.ts'
import { readExits } from './exits.ts'
import { migrationRequest } from './migrate-words.ts'
import { formatOf, migrationOptions } from './options.ts'

export const migrateCompare = defineCommand({
  name: 'migrate compare',
  group: 'Move',
  summary: 'Compare what a wave has run on both sides',
  description:
    'Reads the runs of each deployment of a wave on both servers, and compares them: slots of the schedule, states, durations, lateness, retries, and the artifacts and results of the newest runs. Slots are matched by the shift of migrate dual-run. Differences come first. Changes nothing.',
  arguments: { wave: required('name of a wave') },
  options: {
    since: valueOr('--since <time>', 'compare runs that were due since then: a duration such as 24h, or a time', '24h'),
    until: value('--until <time>', 'and until then (default: now)'),
    tolerance: list(
      '--tolerance <name=value>',
      'how much both sides may differ: duration=2x, lateness=30s (those are the defaults); repeatable',
    ),
    exitCode: flag('--exit-code', 'exit with 2 if there are differences'),
    ...migrationOptions,
    full: flag('--full', 'show the figures of deployments that are alike, too'),
    ...formatOf(compareFormats),
  },
  examples: [
    'migrate compare ingest --since 24h',
    'migrate compare ingest --since 2h --tolerance duration=3x -f html > compare.html',
  ],
  exits: { ...readExits, changes: 'With `--exit-code`: there are differences.' },
  async run({ wave, since, until, tolerance, exitCode, format, ...input }, io) {
    const { toleranceOf, timeOf } = await import('./compare-options.ts')
    const now = io.now()
    const window = {
      since: timeOf(since, '--since', now),
      until: until === undefined ? now : timeOf(until, '--until', now),
    }
    if (window.since >= window.until) {
      const [message, fix] = ['--since is not before --until.', 'Write a duration before now, such as 24h, or a time.']
      throw new Failure([{ code: 'usage', severity: 'error', message, fix }])
    }
    const { compareWave } = await import('../operations/migrate-compare.ts')
    const request = { ...migrationRequest(input), wave, window, tolerance: toleranceOf(tolerance ?? []) }
    const result = await compareWave(request, io)
    const differs = result.compared.some(({ differences }) => differences.length > 0)
    const status = result.issues.length > 0 ? io.statusOf(result.issues) : exitCode && differs ? 'changes' : 'ok'
    const { commonOf } = await import('./print.ts')
    const { compareReport } = await import('./migrate-compare-report.ts')
    const report = compareReport(result, commonOf(result.issues, status, io), request)
    const reporter = await compareReporters[format]()
    io.out(reporter(report, { style: io.style, width: io.width, full: input.full ?? false }))
    if (format !== 'json') io.warn(result.issues)
    return status
  },
})
