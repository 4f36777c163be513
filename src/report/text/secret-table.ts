import { largest } from '../../list-at.ts'
import { plural, visible } from '../../plain-text.ts'
import type { SecretsReport } from '../model/command-reports.ts'
import type { View } from '../reporter.ts'

/** Secret placeholders as a table, and how many of them have a value. */
export function secretTable({ secrets: rows }: SecretsReport, { style }: View): string {
  if (rows.length === 0) return 'The snapshot has no secrets.\n'
  const cells = rows.map(({ ref, pointer, source }) => [ref, pointer, source].map(visible))
  const widths = [0, 1, 2].map((column) => largest(cells.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map(({ filled }, index) => {
    const row = (cells[index] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0))
    return `${filled ? style.green('✓') : style.red('✗')} ${row.join('  ').trimEnd()}\n`
  })
  const missing = rows.filter(({ filled }) => !filled).length
  const end = missing === 0 ? 'all have a value' : `${missing} have no value`
  return `${lines.join('')}\n${plural(rows.length, 'secret')}, ${end}\n`
}
