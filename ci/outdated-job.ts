import { code } from '../src/report/markdown/markdown-escape.ts'
import { commentOn, short, tryComment } from './comment.ts'
import type { Review } from './forge.ts'
import { exitCodes, type Job } from './job.ts'

/** GitHub lists no more paths of a pull request. */
const mostPaths = 3_000

/**
 * Takes the plan out of the comments of reviews whose present commit no longer changes the snapshot: no plan job runs for
 * them any more. Returns the exit code.
 */
export async function outdatedJob(job: Job): Promise<number> {
  const { forge, log } = job
  let done = true
  for (const review of await forge.openReviews(forge.commit))
    done = (await tryComment(forge, log, () => outdate(job, review))) && done
  return done ? exitCodes.ok : exitCodes.failed
}

async function outdate(job: Job, review: Review): Promise<void> {
  const { forge, inputs, log } = job
  if (await isConcerned(job, review)) return log.say(`${forge.reviewName} ${review.number} changes the snapshot.`)
  const text = `Commit ${short(forge.commit)} of this ${forge.reviewName} does not change ${code(inputs.snapshot)}: there is nothing to plan.`
  await commentOn(forge, review, inputs.environment, log).replace({ commit: forge.commit }, text)
}

/** Whether a review changes one of the paths of the inputs. */
export async function isConcerned({ forge, inputs }: Job, review: Review): Promise<boolean> {
  if (inputs.paths.length === 0) return true
  const changed = await forge.changedPaths(review)
  return changed.length >= mostPaths || changed.some((path) => inputs.paths.some((pattern) => isWithin(path, pattern)))
}

/** Whether a path is a file, or in a folder that is written `folder/**`. */
function isWithin(path: string, pattern: string): boolean {
  return pattern.endsWith('/**') ? path.startsWith(pattern.slice(0, -2)) : path === pattern
}
