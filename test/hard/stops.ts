import type { ChildProcess } from 'node:child_process'
import { type Fault, type Faulty, openFaulty } from '../servers/faults.ts'

/** A way to stop an apply at one of its writes. */
export interface Stop {
  readonly name: string
  /** What happens to a write request that is the `at`th or a later one. */
  readonly fault: (at: number, number: number, kill: () => void) => Fault
  /** The apply is a process of its own, which is killed. */
  readonly kills?: true
  /** The client gives up at once. */
  readonly noRetries?: true
  /** The apply completes in spite of it. */
  readonly recovers?: true
}

const once =
  (fault: Fault) =>
  (at: number, number: number): Fault =>
    number === at ? fault : undefined
const forever =
  (fault: Fault) =>
  (at: number, number: number): Fault =>
    number >= at ? fault : undefined

export const stops: readonly Stop[] = [
  { name: 'refused (422)', fault: once('refused') },
  { name: 'fails for ever (500)', fault: forever('broken'), noRetries: true },
  { name: 'unavailable for ever (503)', fault: forever('busy'), noRetries: true },
  { name: 'too many requests once (429)', fault: once({ limitedFor: 0 }), recovers: true },
  { name: 'request lost once', fault: once('lost-request') },
  { name: 'every request lost', fault: forever('lost-request'), noRetries: true },
  { name: 'answer lost once', fault: once('lost-answer') },
  { name: 'every answer lost', fault: forever('lost-answer'), noRetries: true },
  {
    name: 'killed before the server has the request',
    kills: true,
    fault: (at, number, kill) => {
      if (number < at) return undefined
      kill()
      return 'lost-request'
    },
  },
  {
    name: 'killed once the server has carried it out',
    kills: true,
    fault: (at, number, kill) => (number < at ? undefined : number === at ? { lostAfter: kill } : 'lost-request'),
  },
]

/** A proxy that lets everything pass until it is armed. */
export interface Stopper {
  readonly url: string
  /** Counts the writes from now on, and stops at one of them. */
  arm(stop: Stop, at: number): void
  /**
   * Lets everything pass from now on. Returns how many writes came since the last call of either; one that was sent again, to a
   * busy server, counts once.
   */
  disarm(): number
  /** The process to kill. */
  child: ChildProcess | undefined
  close(): Promise<void>
}

export async function openStopper(target: string): Promise<Stopper> {
  let armed: { readonly stop: Stop; readonly at: number } | undefined
  let writes = 0
  let distinct = 0
  let last = ''
  const proxy: Faulty = await openFaulty(target, ({ mutating, method, path, body }) => {
    if (!mutating) return undefined
    writes++
    const request = `${method} ${path} ${body}`
    if (request !== last) distinct++
    last = request
    return armed?.stop.fault(armed.at, writes, () => stopper.child?.kill('SIGKILL'))
  })
  const restart = (): number => {
    const seen = distinct
    writes = 0
    distinct = 0
    last = ''
    return seen
  }
  const stopper: Stopper = {
    url: proxy.url,
    child: undefined,
    arm(stop, at) {
      armed = { stop, at }
      restart()
    },
    disarm() {
      armed = undefined
      return restart()
    },
    close: () => proxy.close(),
  }
  return stopper
}
