import type { WrittenAs } from '../operations/write-as.ts'
import { kindsText } from '../plain-text.ts'
import type { ExitStatus, Io } from './io.ts'

/** Prints which files of another tool were written and what they lack. Resources that are missing are an incomplete result. */
export function printWrittenAs({ files, held, issues }: WrittenAs, io: Io): ExitStatus {
  io.warn(issues)
  io.note(`Wrote ${files.join(', ')}${held.length > 0 ? `: ${kindsText(held)}` : ''}\n`)
  return issues.some(({ severity }) => severity === 'error') ? 'incomplete' : 'ok'
}
