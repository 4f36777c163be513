import type { Event } from '../model.ts'
import { type Progress, progressText, targetsText, updateProgress } from '../report/text/progress.ts'

/** The progress of a command: one line for each server, redrawn on a terminal; new lines at intervals elsewhere. */
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

/** As many lines as leave something of the terminal to other output. */
function mostLines({ isTTY, rows }: NodeJS.WriteStream): number {
  return isTTY === true ? Math.max(1, Math.min(16, (rows ?? 24) - 4)) : Number.POSITIVE_INFINITY
}

/** Prints nothing in the first second of a phase, then updates ten times a second on a terminal, and every ten seconds elsewhere. */
export function startProgress(stream: NodeJS.WriteStream, now: () => number): ProgressLine {
  const terminal = stream.isTTY === true
  /** By server; a command that runs for one has no name for it. */
  const running = new Map<string, Progress>()
  let timer: NodeJS.Timeout | undefined
  let line: Line | undefined
  const show = async () => {
    if (terminal && !line) {
      const { createLogUpdate } = await import('log-update')
      // Other calls may have waited for the package too: two lines would not erase each other.
      line ??= createLogUpdate(stream)
    }
    const shown = [...running].filter(([, { since }]) => now() - since >= delayMs)
    if (shown.length === 0 || !timer) return
    const width = (stream.columns ?? 100) - 1
    const [[name, only] = ['']] = shown
    const isOne = only !== undefined && name === '' && shown.length === 1
    const text = isOne ? progressText(only, now(), width) : targetsText(shown, now(), width, mostLines(stream))
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
      const name = event.target ?? ''
      const isWaiting = event.type === 'phase' && event.phase === 'waiting'
      // A question is for all servers.
      if (isWaiting && event.target === undefined) running.clear()
      const next =
        isWaiting || event.type === 'target-end' ? undefined : updateProgress(running.get(name), event, now())
      if (next) running.set(name, next)
      else running.delete(name)
      if (running.size === 0) stop()
      else if (!timer) timer = setInterval(() => void show(), terminal ? 100 : 10_000).unref()
    },
    clear: () => line?.clear(),
    end: stop,
  }
}

/** Writes texts to a terminal, each in place of the previous one. Undefined without a terminal. */
export function redrawOn(stream: NodeJS.WriteStream): ((text: string) => void) | undefined {
  if (stream.isTTY !== true) return undefined
  let line: Promise<Line> | undefined
  return (text) => {
    line ??= import('log-update').then(({ createLogUpdate }) => createLogUpdate(stream))
    void line.then((write) => write(text))
  }
}
