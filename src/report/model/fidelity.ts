import type { Change, Ref } from '../../model.ts'
import { splitRef } from '../../ref.ts'
import { plural, type Style, visible } from '../text/style.ts'
import { pathText } from '../text/value-text.ts'

/** How well the resources of a snapshot came back from a server, each in just one of the lists. */
export interface Fidelity {
  readonly kinds: readonly {
    readonly kind: string
    readonly of: number
    readonly identical: number
    readonly differing: readonly { readonly ref: Ref; readonly fields: readonly string[] }[]
    readonly missing: readonly Ref[]
    /** On the server, and not in the snapshot. */
    readonly added: readonly Ref[]
  }[]
}

/** Sorts what a comparison from a snapshot to a server's export found, by kind. */
export function fidelityOf(refs: readonly Ref[], changes: readonly Change[], kinds: readonly string[]): Fidelity {
  const rows = kinds.map((kind) => {
    const own = changes.filter(({ ref }) => splitRef(ref).kind === kind)
    const of = refs.filter((ref) => splitRef(ref).kind === kind).length
    const differing = own.flatMap((change) =>
      change.action === 'update'
        ? [{ ref: change.ref, fields: change.fields.map(({ pointer }) => pathText(pointer)) }]
        : [],
    )
    const missing = own.filter(({ action }) => action === 'delete').map(({ ref }) => ref)
    const added = own.filter(({ action }) => action === 'create').map(({ ref }) => ref)
    return { kind, of, identical: of - differing.length - missing.length, differing, missing, added }
  })
  return { kinds: rows.filter(({ of, added }) => of + added.length > 0) }
}

const titles = ['', 'of', 'identical', 'differing', 'missing', 'added'] as const

/** A table of kinds, a line for each resource that is not as it was, and the verdict. */
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
  const verdict = `${identical} of ${plural(of, 'resource')} came back as they were.`
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
