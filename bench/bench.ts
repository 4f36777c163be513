/** One row of a table: a figure of this run, and its target, if any. */
export interface Row {
  readonly what: string
  readonly value: string
  readonly target?: string
  /** Undefined if there is no target. */
  readonly met?: boolean
}

/** A benchmark: measures on real servers or files, in one run, and prints ratios. */
export interface Bench {
  readonly name: string
  readonly about: string
  /** `small` is for the smoke test: everything runs once on small sizes, and times are meaningless. */
  run(options: { readonly small: boolean; readonly say: (line: string) => void }): Promise<readonly Row[]>
}

/** A figure with a minimum or a maximum. */
export function judged(what: string, value: number, limit: { least: number } | { most: number }, unit = ''): Row {
  const text = (number: number) => (Math.abs(number) >= 100 ? number.toFixed(0) : String(+number.toPrecision(3))) + unit
  const least = 'least' in limit
  return {
    what,
    value: text(value),
    target: least ? `≥ ${text(limit.least)}` : `≤ ${text(limit.most)}`,
    met: least ? value >= limit.least : value <= limit.most,
  }
}

/** A figure without a target. */
export function plain(what: string, value: string): Row {
  return { what, value }
}

/** The median, which is robust against outliers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [a, b] = [sorted[middle] ?? 0, sorted[middle - (1 - (sorted.length % 2))] ?? 0]
  return (a + b) / 2
}

/** Runs two sides `rounds` times in alternating order, so that slow periods of the machine affect both. */
export async function inTurn(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
  rounds: number,
): Promise<void> {
  for (let round = 0; round < rounds; round++) for (const run of round % 2 ? [other, one] : [one, other]) await run()
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

/** A Markdown table, padded to be readable as text. */
export function tableText(rows: readonly Row[]): string {
  const cells = [['figure', 'value', 'target', ''], ...rows.map(cellsOf)]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  const lines = cells.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  return [lines[0], `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...lines.slice(1)].join('\n')
}

function cellsOf({ what, value, target, met }: Row): string[] {
  return [what, value, target ?? '', met === undefined ? '' : met ? 'met' : 'missed']
}
