import { createLogUpdate } from 'log-update'
import type { Event } from '../model.ts'
import { follow, type Progress, progressText } from '../report/progress.ts'

/** How far a command has come: one line that is written over on a terminal, one line now and then elsewhere. */
export interface ProgressLine {
  follow(event: Event): void
  /** Takes the line away, so that something else can be written; it comes back by itself. */
  clear(): void
  end(): void
}

const patience = 1000

/** Says nothing in the first second of a phase; then ten times a second on a terminal, elsewhere every ten seconds. */
export function startProgress(stream: NodeJS.WriteStream, now: () => number): ProgressLine {
  const terminal = stream.isTTY === true
  const update = terminal ? createLogUpdate(stream) : undefined
  let progress: Progress | undefined
  let timer: NodeJS.Timeout | undefined
  const show = () => {
    if (progress === undefined || now() - progress.since < patience) return
    const text = progressText(progress, now(), (stream.columns ?? 100) - 1)
    if (update) update(text)
    else stream.write(`${text}\n`)
  }
  const stop = () => {
    clearInterval(timer)
    timer = undefined
    update?.clear()
  }
  return {
    follow(event) {
      if (event.type === 'phase' && event.phase === 'waiting') {
        progress = undefined
        return stop()
      }
      progress = follow(progress, event, now())
      if (progress && !timer) timer = setInterval(show, terminal ? 100 : 10_000).unref()
    },
    clear: () => update?.clear(),
    end: stop,
  }
}
