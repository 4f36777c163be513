import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { commentOn, type ReviewComment, short, tryComment } from './comment.ts'
import type { Review } from './forge.ts'
import { ForgeError } from './forge-http.ts'
import { environmentFlags, hasCredentials } from './inputs.ts'
import { exitCodes, issuesOf, type Job, reportText } from './job.ts'
import { isConcerned, outdatedJob } from './outdated-job.ts'
import { differencesFrom, digestOf, type PlanDigest } from './reviewed-plan.ts'
import type { ToolResult } from './run-tool.ts'

/** What a plan job found, for its summary and its comment. */
interface Found {
  readonly exit: number
  readonly text: string
  readonly plan?: PlanDigest
}

/** Exit codes of a plan that can be applied, or needs no apply. */
const applicable: readonly number[] = [exitCodes.ok, exitCodes.changes, exitCodes['server-only']]

/** Plans the snapshot, saves the plan, and shows it in the comment of the review. Returns the exit code. */
export async function planJob(job: Job): Promise<number> {
  const { forge, inputs, log } = job
  const comment = commentOf(job)
  if (forge.review && inputs.token !== '' && !(await concerned(job, forge.review))) {
    log.output('changes', 'false')
    return outdatedJob(job)
  }
  const announced = await tryComment(forge, log, async () => void (comment && (await announce(job, comment))))
  const found = forge.isForeign && !hasCredentials(job.env) ? await validateOnly(job) : await plan(job)
  log.summary(found.text)
  log.output('exit-code', String(found.exit))
  log.output('changes', String(found.exit === exitCodes.changes))
  const written = await tryComment(forge, log, async () => {
    const marker = { commit: forge.commit, ...(found.plan ? { plan: found.plan } : {}) }
    await comment?.write(marker, found.text)
  })
  if (!applicable.includes(found.exit)) return found.exit
  return announced && written ? exitCodes.ok : exitCodes.failed
}

/** The comment of the review; undefined outside of reviews, and without a token. */
function commentOf({ forge, inputs, log }: Job): ReviewComment | undefined {
  if (!forge.review) return undefined
  if (inputs.token !== '') return commentOn(forge, forge.review, inputs.environment, log)
  log.notice('warning', `There is no token, so no comment is written on the ${forge.reviewName}.`)
  return undefined
}

/** Whether the review changes the snapshot. If the token may not ask, it counts as if it does. */
async function concerned(job: Job, review: Review): Promise<boolean> {
  try {
    return await isConcerned(job, review)
  } catch (error) {
    if (error instanceof ForgeError) return true
    throw error
  }
}

/** Takes the plan of an earlier commit out of the comment, so that it never stands for this commit, whatever happens to the job. */
async function announce({ forge }: Job, comment: ReviewComment): Promise<void> {
  const old = await comment.marker()
  if (!old || old.commit === forge.commit) return
  const text = `Planning commit ${short(forge.commit)}. The plan of commit ${short(old.commit)} is outdated.`
  await comment.replace({ commit: forge.commit }, text)
}

async function plan(job: Job): Promise<Found> {
  const { inputs, log, tool } = job
  const result = await tool(['plan', inputs.snapshot, '--out', inputs.plan, '--exit-code', ...inputs.flags])
  log.annotate(issuesOf(result.report))
  const text = await reportText(result)
  if (result.report?.schema !== 'prefect-snapshot/plan') return { exit: failure(result), text }
  const digest = digestOf(result.report)
  const refusals = inputs.reviewed && result.exit === exitCodes.changes ? await reasonsAgainst(job, digest) : []
  if (refusals.length === 0) return { exit: result.exit, text, plan: digest }
  rmSync(resolve(inputs.plan), { force: true })
  for (const refusal of refusals.slice(0, 10)) log.notice('error', refusal)
  const list = refusals.map((refusal) => `- ${refusal}\n`).join('')
  return { exit: exitCodes.stale, text: `## Nothing is applied: this plan was not reviewed\n\n${list}\n${text}` }
}

/** A report of another command is not a plan, whatever its exit code says. */
function failure({ exit }: ToolResult): number {
  return applicable.includes(exit) ? exitCodes.failed : exit
}

/** Why a plan is not the one that the merged review showed; empty if it is. */
async function reasonsAgainst({ forge, inputs, log }: Job, now: PlanDigest): Promise<readonly string[]> {
  const manually = 'To apply it all the same, run this workflow by hand: its plan needs no earlier review.'
  const review = await forge.mergedReview(forge.commit)
  if (!review) return [`No merged ${forge.reviewName} has made commit ${short(forge.commit)}. ${manually}`]
  const marker = await commentOn(forge, review, inputs.environment, log).marker()
  const name = nameOf(forge.reviewName, review)
  if (!marker?.plan) return [`${name} has no comment with a plan for ${inputs.environment}. ${manually}`]
  if (marker.commit !== review.head)
    return [
      `${name} shows the plan of commit ${short(marker.commit)}, but commit ${short(review.head)} was merged. ${manually}`,
    ]
  const differences = differencesFrom(marker.plan, now)
  if (differences.length === 0) log.say(`The plan is the one that ${name} shows.`)
  return differences.length === 0 ? [] : [`The plan is not the one that ${name} shows. ${manually}`, ...differences]
}

function nameOf(reviewName: string, { number }: Review): string {
  return `${reviewName.charAt(0).toUpperCase()}${reviewName.slice(1)} ${number}`
}

/** Checks the snapshot without the server, whose credentials a fork must not have. */
async function validateOnly({ forge, inputs, log, tool }: Job): Promise<Found> {
  // `validate` has no others of the flags.
  const environment = environmentFlags(inputs.flags).map(({ flag }) => flag)
  const result = await tool(['validate', inputs.snapshot, ...environment])
  log.annotate(issuesOf(result.report))
  const why = `This ${forge.reviewName} is from a fork, which gets no credentials for the server. The snapshot was validated, not planned.`
  log.notice('notice', why)
  return { exit: result.exit, text: `${why}\n\n${await reportText(result)}` }
}
