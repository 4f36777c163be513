import { plural, visible } from '../../plain-text.ts'
import type { Ref } from '../../ref.ts'
import type { Style } from './style.ts'

/** A secret placeholder: its source, and whether it has a value. */
interface Row {
  readonly ref: Ref
  readonly pointer: string
  readonly source: string
  readonly filled: boolean
}

/** A table of secret placeholders, and the number of those without a value. */
export function secretTable(rows: readonly Row[], style: Style): string {
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
