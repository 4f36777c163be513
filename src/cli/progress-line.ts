import type { Event } from '../model.ts'
import { type Progress, progressText, updateProgress } from '../report/text/progress.ts'

/** How far a command has come: one line that is written over on a terminal, one line now and then elsewhere. */
export interface ProgressLine {
  follow(event: Event): void
  /** Takes the line away, so that something else can be written; it comes back by itself. */
  clear(): void
  end(): void
}

/** Puts one text in the place of another. */
interface Line {
  (text: string): void
  clear(): void
}

const patience = 1000

/** Says nothing in the first second of a phase; then ten times a second on a terminal, elsewhere every ten seconds. */
export function startProgress(stream: NodeJS.WriteStream, now: () => number): ProgressLine {
  const terminal = stream.isTTY === true
  let progress: Progress | undefined
  let timer: NodeJS.Timeout | undefined
  let line: Line | undefined
  const show = async () => {
    if (terminal && !line) line = (await import('log-update')).createLogUpdate(stream)
    if (progress === undefined || !timer || now() - progress.since < patience) return
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
    follow(event) {
      const waits = event.type === 'phase' && event.phase === 'waiting'
      progress = waits ? undefined : updateProgress(progress, event, now())
      if (waits) stop()
      else if (progress && !timer) timer = setInterval(() => void show(), terminal ? 100 : 10_000).unref()
    },
    clear: () => line?.clear(),
    end: stop,
  }
}
