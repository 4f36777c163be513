import { issuesOf } from '../client/client.ts'
import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { FleetTarget } from './fleet-targets.ts'

export { type Fleet, type FleetTarget, findProfiles, findWorkspaces, sameServers } from './fleet-targets.ts'

/** What became of the work for one server: its result, or why it stopped. */
export type FleetResult<T> = { readonly result: T } | { readonly issues: readonly Issue[] }

/** The turn of one server, of which only so many are at work at the same time. */
export interface Turn {
  /** Lets another server work until the promise settles. */
  meanwhile<T>(wait: Promise<T>): Promise<T>
}

/** How work for several servers is done. */
export interface FleetWork<T> {
  /** Servers at a time. */
  readonly parallel: number
  run(target: FleetTarget, turn: Turn): Promise<T>
  /** Called for each server as soon as it has ended. */
  ended(target: FleetTarget, result: FleetResult<T>): void
}

/**
 * Does the same work for several servers, some at a time. An error of one does not stop the others. After an abort, those
 * that have not begun do not begin.
 */
export async function runTargets<T>(
  targets: readonly FleetTarget[],
  { parallel, run, ended }: FleetWork<T>,
  { signal }: Pick<Context, 'signal'>,
): Promise<void> {
  const places = createPlaces(parallel)
  const turn: Turn = {
    async meanwhile(wait) {
      places.leave()
      try {
        return await wait
      } finally {
        await places.enter()
      }
    },
  }
  const runOne = async (target: FleetTarget): Promise<FleetResult<T>> => {
    await places.enter()
    try {
      return signal.aborted ? { issues: [notStarted] } : { result: await run(target, turn) }
    } catch (error) {
      return { issues: issuesOf(error) }
    } finally {
      places.leave()
    }
  }
  await Promise.all(targets.map(async (target) => ended(target, await runOne(target))))
}

const notStarted: Issue = {
  code: 'interrupted',
  severity: 'error',
  message: 'The command was interrupted before it began here.',
  fix: 'Run the command again.',
}

/** A number of places, taken in the order of arrival. */
function createPlaces(count: number) {
  const waiting: (() => void)[] = []
  let free = count
  return {
    async enter(): Promise<void> {
      if (free > 0) free--
      else await new Promise<void>((resolve) => waiting.push(resolve))
    },
    leave(): void {
      const next = waiting.shift()
      if (next) next()
      else free++
    },
  }
}
