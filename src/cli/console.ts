import type { Issue } from '../issue.ts'
import type { Event } from '../model.ts'
import { type LogEvent, logLine, toIssueEvents, toLogEvent } from '../report/log.ts'
import { issuesText } from '../report/text/issues-text.ts'
import { outcomeText } from '../report/text/outcome-text.ts'
import type { Style } from '../report/text/style.ts'
import { startProgress } from './progress-line.ts'

/** Everything that a command says besides its payload, on standard error. */
export interface Console {
  err(text: string): void
  warn(issues: readonly Issue[]): void
  tell(event: Event): void
  /** Takes what is written over off the terminal, before something else is written to it. */
  clear(): void
  /** Nothing is said any more. */
  end(exit: number): void
}

export interface VoiceOptions {
  readonly stream: NodeJS.WriteStream
  readonly style: Style
  readonly quiet: boolean
  readonly verbose: boolean
  readonly now: () => number
}

/** For people: text, and how far it has come. */
export function spoken({ stream, style, quiet, verbose, now }: VoiceOptions): Console {
  const progress = quiet ? undefined : startProgress(stream, now)
  const write = (text: string) => {
    if (text === '') return
    progress?.clear()
    stream.write(text)
  }
  return {
    err: write,
    warn: (issues) => write(issuesText(issues, style)),
    tell(event) {
      progress?.follow(event)
      write(eventText(event, style, { quiet, verbose }))
    },
    clear: () => progress?.clear(),
    end: () => progress?.end(),
  }
}

/** With --verbose, one line a request: no body, no header. */
function eventText(event: Event, style: Style, { quiet, verbose }: { quiet: boolean; verbose: boolean }): string {
  if (event.type === 'outcome')
    return quiet && event.outcome.status === 'done' ? '' : outcomeText(event.outcome, event.done, event.total, style)
  if (!verbose) return ''
  if (event.type === 'request')
    return style.dim(`${event.method} ${event.path} ${event.status} ${Math.round(event.ms)} ms\n`)
  if (event.type === 'retry')
    return style.dim(`${event.method} ${event.path} again in ${Math.round(event.waitMs)} ms: ${event.reason}\n`)
  return ''
}

/** For machines: one event a line. */
export function recorded(options: VoiceOptions, tool: string, command: string): Console {
  const { stream, verbose, now } = options
  const write = (event: LogEvent) => void stream.write(logLine(event, now()))
  write({ type: 'begin', version: 1, tool, command })
  return {
    err: (text) => {
      for (const line of text.split('\n')) if (line.trim() !== '') write({ type: 'message', text: line })
    },
    warn: (issues) => toIssueEvents(issues).forEach(write),
    tell: (event) => {
      if (verbose || event.type !== 'request') write(toLogEvent(event))
    },
    clear: () => {},
    end: (exit) => write({ type: 'end', exit }),
  }
}
