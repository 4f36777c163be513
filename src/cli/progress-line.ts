import type { Event } from '../model.ts'
import { type Progress, progressText, updateProgress } from '../report/text/progress.ts'

/** The progress of a command: one line that is redrawn on a terminal, a new line at intervals elsewhere. */
export interface ProgressLine {
  update(event: Event): void
  /** Removes the line, so that other output can be written. The next update redraws it. */
  clear(): void
  end(): void
}

/** Writes a text in place of the previous one. */
interface Line {
  (text: string): void
  clear(): void
}

const delayMs = 1000

/** Prints nothing in the first second of a phase, then updates ten times a second on a terminal, and every ten seconds elsewhere. */
export function startProgress(stream: NodeJS.WriteStream, now: () => number): ProgressLine {
  const terminal = stream.isTTY === true
  let progress: Progress | undefined
  let timer: NodeJS.Timeout | undefined
  let line: Line | undefined
  const show = async () => {
    if (terminal && !line) {
      const { createLogUpdate } = await import('log-update')
      // Other calls may have waited for the package too: two lines would not erase each other.
      line ??= createLogUpdate(stream)
    }
    if (progress === undefined || !timer || now() - progress.since < delayMs) return
    const text = progressText(progress, now(), (stream.columns ?? 100) - 1)
    if (line) line(text)
    else stream.write(`${text}\n`)
  }
  const stop = () => {
    clearInterval(timer)
    timer = undefined
    line?.clear()
  }
  return {
    update(event) {
      const isWaiting = event.type === 'phase' && event.phase === 'waiting'
      progress = isWaiting ? undefined : updateProgress(progress, event, now())
      if (isWaiting) stop()
      else if (progress && !timer) timer = setInterval(() => void show(), terminal ? 100 : 10_000).unref()
    },
    clear: () => line?.clear(),
    end: stop,
  }
}
