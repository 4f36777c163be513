import type { Check } from '../check.ts'
import type { CommandFormat } from '../report/index.ts'
import type { ExitStatus, Io } from './io.ts'
import { commonOf, printCommand } from './print.ts'

/** Prints checks and their overall result. With `--quiet`, the text has only what needs attention. */
export async function printChecks(
  command: 'doctor' | 'verify' | 'bundle-verify',
  checks: readonly Check[],
  status: ExitStatus,
  format: CommandFormat,
  io: Io,
): Promise<void> {
  const isShort = io.quiet && format === 'text'
  const shown = isShort ? checks.filter((check) => check.status === 'warning' || check.status === 'error') : checks
  if (isShort && shown.length === 0) return
  await printCommand({ schema: `prefect-snapshot/${command}`, ...commonOf([], status, io), checks: shown }, format, io)
}
