import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ran, runCli } from '../support/cli.ts'

/** The lines of the journal of a migration, as objects. */
export function journalLines(home: string): Readonly<Record<string, unknown>>[] {
  const file = join(home, 'waves.journal.ndjson')
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  // A line that was killed while it was written is the last one.
  return lines.slice(0, -1).flatMap((line) => {
    try {
      return [JSON.parse(line) as Readonly<Record<string, unknown>>]
    } catch {
      return []
    }
  })
}

/**
 * Runs the built tool, and kills it (SIGKILL) once the journal has this many further lines. Returns how it ended: null as the
 * exit code if it was killed.
 */
export function killedAfter(home: string, lines: number, args: readonly string[]): Promise<Ran> {
  return disturbedAfter(home, lines, args, (child) => void child.kill('SIGKILL'))
}

/** Runs the built tool, and does something once to it, or to a server, when the journal has this many further lines. */
export async function disturbedAfter(
  home: string,
  lines: number,
  args: readonly string[],
  disturb: (child: ChildProcess) => void,
): Promise<Ran> {
  const before = journalLines(home).length
  let timer: NodeJS.Timeout | undefined
  try {
    return await runCli(args, {
      env: { HOME: home, PREFECT_HOME: home },
      cwd: home,
      started: (child) => {
        timer = setInterval(() => {
          if (journalLines(home).length < before + lines) return
          clearInterval(timer)
          disturb(child)
        }, 10)
      },
    })
  } finally {
    clearInterval(timer)
  }
}
