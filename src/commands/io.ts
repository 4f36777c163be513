import type { Issue } from '../issue.ts'
import type { Event } from '../model.ts'
import type { Style } from '../report/style.ts'

/** The world as a command sees it. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  /** Writes payload. */
  out(text: string): void
  /** Writes everything else. */
  err(text: string): void
  /** Says what is wrong, on standard error. */
  warn(issues: readonly Issue[]): void
  /** Tells what happens while a command works. */
  tell(event: Event): void
  /** The whole of standard input. */
  stdin(): Promise<Uint8Array>
  /** Asks a question that is answered by yes or no; undefined where there is nobody to ask. */
  readonly ask?: (question: string) => Promise<boolean>
  readonly style: Style
  /** Of standard error. */
  readonly errStyle: Style
  readonly width: number
  /** Of this process. */
  readonly pid: number
  /** Of this tool. */
  readonly version: string
  /** From now on Ctrl-C does not end the process, but aborts this signal; only the second one ends it at once. */
  stopped(): AbortSignal
  /** Milliseconds since 1970. */
  now(): number
  readonly quiet: boolean
  readonly verbose: boolean
}

/** Exit codes, one meaning each. */
export const exits = {
  ok: 0,
  failed: 1,
  changes: 2,
  usage: 3,
  auth: 4,
  partial: 5,
  stale: 6,
  policy: 7,
  incomplete: 8,
  unsupported: 9,
  interrupted: 130,
} as const
export type Exit = (typeof exits)[keyof typeof exits]
