import type { Event, Ref } from '../../model.ts'
import { plural, visible } from '../../plain-text.ts'

/** Why a resource is not switched yet. */
export interface SwitchWait {
  readonly reason: (Event & { readonly type: 'switch-wait' })['reason']
  readonly runs?: number
  /** The near time of its schedule, in milliseconds since 1970. */
  readonly until?: number
  /** When it stops waiting. */
  readonly limit: number
}

type Waiting = ReadonlyMap<Ref, SwitchWait>

/** The waits with a further one. */
export function withWait(
  waiting: Waiting | undefined,
  { ref, reason, runs, waitMs, limitMs }: Event & { readonly type: 'switch-wait' },
  now: number,
): Waiting {
  const more = { ...(runs === undefined ? {} : { runs }), ...(waitMs === undefined ? {} : { until: now + waitMs }) }
  return new Map([...(waiting ?? []), [ref, { reason, ...more, limit: now + limitMs }]])
}

/** The waits without one whose resource is switched, or stays where it is. */
export function withoutWait(waiting: Waiting | undefined, ref: Ref): { readonly waiting?: Waiting } {
  return waiting ? { waiting: new Map([...waiting].filter(([other]) => other !== ref)) } : {}
}

/** `3 wait: deployment/etl/nightly has 2 runs in flight (at most 8 min 20 s)`, of the one that has waited for longest. */
export function switchWaitText(waiting: Waiting, now: number): string {
  const [[ref, wait] = ['' as Ref, undefined]] = waiting
  if (!wait) return ''
  const limit = durationText(Math.max(0, wait.limit - now) / 1000)
  return `${waiting.size} ${waiting.size === 1 ? 'waits' : 'wait'}: ${visible(ref)} ${reasonText(wait, now)} (at most ${limit})`
}

function reasonText({ reason, runs = 1, until = 0 }: SwitchWait, now: number): string {
  switch (reason) {
    case 'in-flight':
      return `has ${plural(runs, 'run')} in flight`
    case 'due':
      return `has ${plural(runs, 'run')} due that no worker takes`
    case 'slot':
      return until > now ? `runs in ${durationText((until - now) / 1000)}` : 'is about to run'
  }
}

/** `42 s`, `8 min 20 s`. */
export function durationText(seconds: number): string {
  const rounded = Math.ceil(seconds)
  return rounded < 60 ? `${rounded} s` : `${Math.floor(rounded / 60)} min ${rounded % 60} s`
}
