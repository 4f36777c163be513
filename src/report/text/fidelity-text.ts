import type { Ref } from '../../model.ts'
import { plural, visible } from '../../plain-text.ts'
import { splitRef } from '../../ref.ts'
import type { Fidelity } from '../model/fidelity.ts'
import type { Style } from '../text/style.ts'

const titles = ['', 'of', 'identical', 'differing', 'missing', 'added'] as const

/** A table of kinds, a line for each resource that was not restored identically, and a summary. */
export function fidelityText({ kinds }: Fidelity, style: Style): string {
  const rows = kinds.map(({ kind, of, identical, differing, missing, added }) => ({
    kind,
    counts: [of, identical, differing.length, missing.length, added.length],
  }))
  const sums = [0, 1, 2, 3, 4].map((at) => rows.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0))
  const all = [...rows, { kind: 'in all', counts: sums }].map(({ kind, counts }) => [kind, ...counts.map(String)])
  const widths = titles.map((title, at) => Math.max(title.length, ...all.map((row) => (row[at] ?? '').length)))
  const line = (row: readonly string[]) =>
    row.map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0))).join('  ')
  const [of = 0, identical = 0, ...others] = sums
  const good = others.every((count) => count === 0)
  const verdict = `${identical} of ${plural(of, 'resource')} were restored identically.`
  return [
    `${style.dim(line(titles))}\n`,
    ...all.map((row, at) => `${at === all.length - 1 ? style.bold(line(row)) : line(row)}\n`),
    '\n',
    ...kinds.flatMap((row) => faults(row, style)),
    good ? style.green(`${verdict}\n`) : style.red(`Only ${verdict}\n`),
  ].join('')
}

function faults({ differing, missing, added }: Fidelity['kinds'][number], style: Style): string[] {
  const cross = style.red('✗')
  const name = (ref: Ref) => `${splitRef(ref).kind} ${visible(splitRef(ref).key)}`
  return [
    ...differing.map(({ ref, fields }) => `${cross} ${name(ref)} differs in ${fields.map(visible).join(', ')}\n`),
    ...missing.map((ref) => `${cross} ${name(ref)} is missing\n`),
    ...added.map((ref) => `${cross} ${name(ref)} is not in the snapshot\n`),
  ]
}
