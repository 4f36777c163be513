import { Failure } from '../issue.ts'
import { count, defineCommand, flag, required, value } from './command.ts'
import { applyExits } from './exits.ts'
import { migrationRequest } from './migrate-words.ts'
import { applyOptions, dryRunOption, migrationOptions, showOptions } from './options.ts'

const { yes, concurrency } = applyOptions

export const migrateDualRun = defineCommand({
  name: 'migrate dual-run',
  group: 'Move',
  summary: 'Run a wave on both sides at shifted times, to compare them',
  description:
    'Activates the deployments of a wave at the new side while they run at the old side, with schedules that are moved by --shift: cron expressions, intervals and recurrence rules. Refuses all of it where a schedule cannot be moved exactly. Automations stay off, since they would act twice. The old side is unchanged. --end switches the deployments off again, with their own schedules.',
  arguments: { wave: required('name of a wave') },
  options: {
    shift: value('--shift <duration>', 'whole minutes by which the new side runs later, such as 7m, or earlier: -7m'),
    sample: count('--sample <n>', 'number of deployments that take part, always the same ones (default: all)'),
    end: flag('--end', 'end the dual run'),
    ...migrationOptions,
    ...dryRunOption,
    yes,
    concurrency,
    ...showOptions,
  },
  examples: ['migrate dual-run ingest --shift 7m --dry-run', 'migrate dual-run ingest --end'],
  exits: { ...applyExits, policy: 'A schedule cannot be moved exactly, or a policy refuses the change.' },
  async run({ shift, sample, end, wave, ...input }, io) {
    const { dualRun } = await import('../operations/migrate-dual-run.ts')
    const { runPlan } = await import('./run-plan.ts')
    const minutes = await minutesOf(shift, end)
    const { dryRun, concurrency } = input
    const request = {
      ...migrationRequest(input),
      wave,
      ...(minutes === undefined ? {} : { minutes }),
      ...(sample === undefined ? {} : { sample }),
      ...(dryRun === undefined ? {} : { dryRun }),
      ...(concurrency === undefined ? {} : { concurrency }),
    }
    // The profile of the new side is in the waves file, which the operation reads.
    const options: { profile?: string; workspace?: string } & typeof input = { ...input }
    const operation = async (approve: Parameters<typeof dualRun>[2]) => {
      const result = await dualRun(request, io, approve)
      options.profile = result.profile
      if (result.workspace !== undefined) options.workspace = result.workspace
      return result
    }
    return runPlan(operation, options, io)
  },
})

/** Minutes of a shift; undefined for the end of a dual run. */
async function minutesOf(shift: string | undefined, end: boolean | undefined): Promise<number | undefined> {
  if (shift === undefined && end) return undefined
  const usage = (message: string, fix: string) => new Failure([{ code: 'usage', severity: 'error', message, fix }])
  if (shift === undefined || end)
    throw usage('A dual run needs one of --shift and --end.', 'Pass --shift 7m, or --end.')
  const { durationMs } = await import('./duration-option.ts')
  const sign = shift.startsWith('-') ? -1 : 1
  const minutes = (sign * durationMs(shift.replace(/^-/, ''), '--shift')) / 60_000
  if (Number.isInteger(minutes) && minutes !== 0) return minutes
  throw usage(`--shift is "${shift}", which is not a number of whole minutes.`, 'Write it as 7m, 1h or -7m.')
}
