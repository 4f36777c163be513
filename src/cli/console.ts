import type { Issue } from '../issue.ts'
import type { Event } from '../model.ts'
import { shorten, visible } from '../plain-text.ts'
import { type LogEvent, logLine, toIssueEvents, toLogEvent } from '../report/log.ts'
import { issuesText } from '../report/text/issues-text.ts'
import { outcomeText } from '../report/text/outcome-text.ts'
import type { Style } from '../report/text/style.ts'
import { startProgress } from './progress-line.ts'

/** Everything that a command prints besides its payload, on standard error. */
export interface Console {
  err(text: string): void
  warn(issues: readonly Issue[]): void
  emit(event: Event): void
  /** Removes the progress line from the terminal, before something else is written to it. */
  clear(): void
  /** Ends the output; `exit` is the exit code. */
  end(exit: number): void
}

export interface ConsoleOptions {
  readonly stream: NodeJS.WriteStream
  readonly style: Style
  readonly quiet: boolean
  readonly verbose: boolean
  readonly now: () => number
}

/** The maximum number of skipped changes to print: one failure may be the reason for hundreds. */
const maxSkipped = 10

/** Prints text and progress. */
export function textConsole({ stream, style, quiet, verbose, now }: ConsoleOptions): Console {
  const progress = quiet ? undefined : startProgress(stream, now)
  /** Of a terminal; elsewhere, lines are not broken. */
  const width = () => (stream.isTTY ? stream.columns : undefined)
  const textOf = outcomeFormatters(style, quiet)
  const write = (text: string) => {
    if (text === '') return
    progress?.clear()
    stream.write(text)
  }
  return {
    err: write,
    warn: (issues) => write(issuesText(issues, style, width())),
    emit(event) {
      progress?.update(event)
      const text =
        event.type === 'warning'
          ? issuesText(event.issues, style, width())
          : event.type === 'outcome'
            ? textOf(event)
            : eventText(event, style, { quiet, verbose })
      write(event.target === undefined ? text : labelled(event.target, text, style))
    },
    clear: () => progress?.clear(),
    end: () => progress?.end(),
  }
}

/** Begins every line with the server that it is about. */
function labelled(target: string, text: string, style: Style): string {
  return text.replace(/^(?=.)/gm, `${style.cyan(`${visible(target)}:`)} `)
}

/** A formatter of outcomes for each server. */
function outcomeFormatters(style: Style, quiet: boolean): ReturnType<typeof outcomeFormatter> {
  const byTarget = new Map<string | undefined, ReturnType<typeof outcomeFormatter>>()
  return (event) => {
    const format = byTarget.get(event.target) ?? outcomeFormatter(style, quiet)
    byTarget.set(event.target, format)
    return format(event)
  }
}

/** Formats outcomes as they arrive: all but those of changes that were not started, which do not count, and of many skipped ones the first. */
function outcomeFormatter(style: Style, quiet: boolean): (event: Event & { readonly type: 'outcome' }) => string {
  let [skipped, notStarted] = [0, 0]
  return ({ outcome, done, total }) => {
    if (outcome.status === 'not-started') notStarted++
    if (outcome.status === 'skipped' && 'because' in outcome && ++skipped > maxSkipped)
      return skipped === maxSkipped + 1 ? '… and more, which are only counted\n' : ''
    return quiet && outcome.status === 'done' ? '' : outcomeText(outcome, done - notStarted, total, style)
  }
}

/** The text of an event other than an outcome. With `--verbose`, one line for each request, without body and headers. */
function eventText(event: Event, style: Style, { quiet, verbose }: { quiet: boolean; verbose: boolean }): string {
  if (event.type === 'message') return event.text
  if (event.type === 'connected' && event.reading && !quiet)
    return `Reading ${event.profile === undefined ? '' : `${visible(event.profile)}  `}${event.url} (Prefect ${event.version})\n`
  if (event.type === 'written' && !quiet) return `Saved the exported snapshot to ${visible(event.path)}\n`
  if (event.type === 'server-wait' && !quiet)
    return `Waiting for the server at ${event.url} (${event.reason}), at most ${event.limitMs / 1000} s.\n`
  if (event.type === 'server-back' && !quiet)
    return `The server responds again, after ${Math.ceil(event.awayMs / 1000)} s.\n`
  if (!verbose) return ''
  if (event.type === 'request')
    return style.dim(`${event.method} ${event.path} ${event.status} ${Math.round(event.ms)} ms\n`)
  if (event.type === 'unknown-fields') {
    const fields = Object.entries(event.fields).map(([name, count]) => `${visible(shorten(name, 40))} (${count})`)
    return style.dim(
      `${event.kind} has fields that this version does not know and does not export: ${fields.join(', ')}\n`,
    )
  }
  if (event.type === 'retry')
    return style.dim(
      `${event.method} ${event.path} retried${event.waitMs > 0 ? ` in ${Math.round(event.waitMs)} ms` : ''}: ${event.reason}\n`,
    )
  if (event.type === 'rate-limit')
    return style.dim(`Waiting ${Math.ceil(event.waitMs / 1000)} s for the rate limit of ${event.url}\n`)
  return ''
}

/** Prints one event a line as JSON. */
export function ndjsonConsole(options: ConsoleOptions, tool: string, command: string): Console {
  const { stream, verbose, now } = options
  const write = (event: LogEvent) => void stream.write(logLine(event, now()))
  write({ type: 'begin', version: 1, tool, command })
  const say = (text: string, target?: string) => {
    const at = target === undefined ? {} : { target }
    for (const line of text.split('\n')) if (line.trim() !== '') write({ type: 'message', text: line, ...at })
  }
  return {
    err: (text) => say(text),
    warn: (issues) => toIssueEvents(issues).forEach(write),
    emit: (event) => {
      if (event.type === 'warning') toIssueEvents(event.issues, event.target).forEach(write)
      else if (event.type === 'message') say(event.text, event.target)
      else if (verbose || event.type !== 'request') write(toLogEvent(event))
    },
    clear: () => {},
    end: (exit) => write({ type: 'end', exit }),
  }
}
