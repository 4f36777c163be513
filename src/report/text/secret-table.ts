import type { Issue } from '../../issue.ts'
import { plural, visible } from '../../plain-text.ts'
import type { Ref } from '../../ref.ts'
import type { View } from '../reporter.ts'

/** One secret placeholder: where its value comes from, and whether it has one. */
interface SecretRow {
  readonly ref: Ref
  readonly pointer: string
  readonly source: string
  readonly filled: boolean
  /** Why it has none. */
  readonly reason?: string
}

/** The secret placeholders of a snapshot. */
export interface SecretsReport {
  readonly schema: 'prefect-snapshot/secrets'
  readonly version: 1
  readonly tool: string
  readonly exit: number
  readonly issues: readonly Issue[]
  readonly secrets: readonly SecretRow[]
}

/** Secret placeholders as a table, and how many of them have a value. */
export function secretTable({ secrets: rows }: SecretsReport, { style }: View): string {
  if (rows.length === 0) return 'The snapshot has no secrets.\n'
  const cells = rows.map(({ ref, pointer, source }) => [ref, pointer, source].map(visible))
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map(({ filled }, index) => {
    const row = (cells[index] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0))
    return `${filled ? style.green('✓') : style.red('✗')} ${row.join('  ').trimEnd()}\n`
  })
  const missing = rows.filter(({ filled }) => !filled).length
  const end = missing === 0 ? 'all have a value' : `${missing} have no value`
  return `${lines.join('')}\n${plural(rows.length, 'secret')}, ${end}\n`
}
