import type { Check } from '../check.ts'
import type { Readiness } from '../live/readiness.ts'
import { plural } from '../plain-text.ts'
import { splitRef } from '../ref.ts'

/** Whether somebody serves a pool, as a check; a pool that is paused is meant to be served by nobody. */
export function poolServed(title: string, { ref, online, paused }: Readiness): Check {
  const { key } = splitRef(ref)
  if (paused) return { status: 'note', title, detail: `${key} is paused` }
  if (online > 0) return { status: 'ok', title, detail: `${key} has ${plural(online, 'worker')} online` }
  return { status: 'warning', title, detail: `nobody serves ${key}` }
}
