import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyJob } from './apply-job.ts'
import { commentOn, tryComment } from './comment.ts'
import { driftJob } from './drift-job.ts'
import type { Forge, Log } from './forge.ts'
import { openGitHub } from './github.ts'
import { openGitLab } from './gitlab.ts'
import { type Command, type Env, readInputs } from './inputs.ts'
import { exitCodes, type Job } from './job.ts'
import { gitHubLog, gitLabLog } from './logs.ts'
import { outdatedJob } from './outdated-job.ts'
import { planJob } from './plan-job.ts'
import { openTool } from './run-tool.ts'

const jobs = { plan: planJob, apply: applyJob, drift: driftJob, outdated: outdatedJob } satisfies Record<
  Command,
  (job: Job) => Promise<number>
>

/** Runs the job that the environment describes, on GitHub or GitLab. Returns its exit code, and never throws. */
export async function main(env: Env, write: (text: string) => void): Promise<number> {
  const isGitLab = Boolean(env.GITLAB_CI)
  const log = isGitLab ? gitLabLog(write) : gitHubLog(env, write)
  try {
    const { inputs, faults } = readInputs(env)
    for (const fault of faults) log.notice('error', fault)
    if (faults.length > 0) return exitCodes.usage
    const { forge, close } = (isGitLab ? openGitLab : openGitHub)(env, inputs.token)
    try {
      const temporary = env.RUNNER_TEMP || env.CI_PROJECT_DIR || mkdtempSync(join(tmpdir(), 'prefect-snapshot-'))
      return await withoutStalePlan({ inputs, forge, log, env, temporary, tool: openTool(env, log) })
    } finally {
      await close()
    }
  } catch (error) {
    log.notice('error', error instanceof Error ? error.message : String(error))
    return exitCodes.failed
  } finally {
    log.end()
  }
}

/** Runs the job. If it breaks off, the comment says so. */
async function withoutStalePlan(job: Job): Promise<number> {
  try {
    return await jobs[job.inputs.command](job)
  } catch (error) {
    if (job.inputs.command === 'plan') await sayBrokenOff(job.forge, job.log, job.inputs.environment)
    throw error
  }
}

async function sayBrokenOff(forge: Forge, log: Log, environment: string): Promise<void> {
  const { review } = forge
  if (!review) return
  const text = '## No plan\n\nThe job has failed. Its log says why.'
  await tryComment(forge, log, () => commentOn(forge, review, environment, log).write({ commit: forge.commit }, text))
}
