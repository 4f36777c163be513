import { execFile } from 'node:child_process'
import { short } from './comment.ts'
import { directionOf, driftText, needsPerson } from './drift-direction.ts'
import type { LastApply } from './forge.ts'
import { ForgeError } from './forge-http.ts'
import { exitCodes, issuesOf, type Job, reportText } from './job.ts'

/**
 * Compares the server with the snapshot, and says which side has moved since the last apply. Returns an exit code other
 * than 0 only if a person has to act.
 */
export async function driftJob(job: Job): Promise<number> {
  const { inputs, log, tool } = job
  const last = await lastApply(job)
  const base = last.commit === undefined ? undefined : await baseAt(last.commit, job)
  const since = base === undefined ? [] : ['--base', base]
  const result = await tool(['plan', inputs.snapshot, '--exit-code', ...since, ...inputs.flags])
  log.annotate(issuesOf(result.report))
  const plan = result.report?.schema === 'prefect-snapshot/plan' ? result.report : undefined
  const sides = plan && directionOf(plan)
  const head = sides ? driftText(sides, { ...last, file: inputs.snapshot }) : ''
  log.summary(`${head}${await reportText(result)}`)
  log.output('exit-code', String(result.exit))
  log.output('direction', sides?.direction ?? 'unknown')
  if (!sides) return result.exit === exitCodes.ok ? exitCodes.failed : result.exit
  if (sides.direction === 'none') return result.exit
  const acts = needsPerson(sides, last)
  const title = `${sides.title}. ${acts ? 'The summary of the job says what to do.' : 'An apply is already under way.'}`
  log.notice(acts ? 'error' : 'notice', title)
  return acts ? result.exit : exitCodes.ok
}

/** The last apply, as far as the forge tells it. */
async function lastApply({ forge, inputs, log }: Job): Promise<LastApply> {
  if (inputs.applyWorkflow === '') return { underWay: false }
  try {
    return await forge.lastApply(inputs.applyWorkflow)
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error
    log.notice(
      'warning',
      `The last apply is unknown, so the report cannot say which side has changed. ${error.message}`,
    )
    return { underWay: false }
  }
}

/** The snapshot as it was at a commit; undefined if the checkout does not have it. */
async function baseAt(commit: string, { inputs, log }: Job): Promise<string | undefined> {
  const path = inputs.snapshot.replace(/^\.\//, '').replace(/\/+$/, '')
  if (/^(git:|-|\/)/.test(path)) return undefined
  const isThere = await new Promise((done) =>
    execFile('git', ['cat-file', '-e', `${commit}:./${path}`], (error) => done(error === null)),
  )
  if (isThere) return `git:${commit}:./${path}`
  log.say(`The checkout has no ${path} of commit ${short(commit)}; check out the whole history (fetch-depth: 0).`)
  return undefined
}
