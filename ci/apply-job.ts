import { join } from 'node:path'
import { readStart } from '../src/read-file.ts'
import { environmentFlags } from './inputs.ts'
import { exitCodes, issuesOf, type Job, reportText } from './job.ts'

/** Applies a saved plan, which is refused if the server has changed, or a snapshot. Returns the exit code. */
export async function applyJob({ env, inputs, log, temporary, tool }: Job): Promise<number> {
  const journal = join(temporary, `prefect-journal-${env.GITHUB_RUN_ATTEMPT ?? env.CI_JOB_ID ?? '1'}.ndjson`)
  log.output('journal', journal)
  const flags = isSavedPlan(inputs.snapshot) ? withoutEnvironment(inputs.flags) : inputs.flags
  const result = await tool(['apply', inputs.snapshot, '--yes', '--journal', journal, ...flags])
  log.annotate(issuesOf(result.report))
  log.summary(await reportText(result))
  log.output('exit-code', String(result.exit))
  return result.exit === exitCodes.ok && !result.report ? exitCodes.failed : result.exit
}

/** A saved plan was made for one environment, and refuses another one. */
function withoutEnvironment(flags: readonly string[]): readonly string[] {
  const environment = new Set(environmentFlags(flags).map(({ index }) => index))
  return flags.filter((_, index) => !environment.has(index))
}

/** Whether a file begins like a saved plan. If it cannot be read, the tool says why. */
function isSavedPlan(path: string): boolean {
  return readStart(path, 200).toString('utf8').includes('"prefect-snapshot/saved-plan"')
}
