import xterm from '@xterm/headless'

export interface Frame {
  readonly columns: number
  readonly rows: number
  readonly title: string
}

const cell = { width: 8.4, height: 18 }
const edge = 14
const bar = 30
const paper = '#16181d'
const ink = '#d5d9e0'
/** The sixteen colors of a terminal with a dark background. */
const palette = [
  ...['#3b4048', '#f2777a', '#7fcf8a', '#f0c674', '#7ab0ec', '#d59be0', '#66c2cd', '#d5d9e0'],
  ...['#868d99', '#ff9a9c', '#a3e6ab', '#ffdd94', '#9fc8fb', '#e8baf0', '#8fdde6', '#ffffff'],
]

/** Renders a screen with control sequences as SVG, without embedded fonts or scripts. */
export async function picture(text: string, { columns, rows, title }: Frame): Promise<string> {
  const terminal = new xterm.Terminal({ cols: columns, rows, convertEol: true, allowProposedApi: true })
  await new Promise<void>((resolve) => terminal.write(text.trimEnd(), resolve))
  const width = columns * cell.width + 2 * edge
  const height = rows * cell.height + 2 * edge + bar
  const lines = Array.from({ length: rows }, (_, row) => runsOf(terminal, row).map((run) => runSvg(run, row)))
  const dots = ['#f2777a', '#f0c674', '#7fcf8a'].map(
    (color, index) => `<circle cx="${edge + 6 + index * 18}" cy="${bar / 2 + 3}" r="5.5" fill="${color}"/>`,
  )
  terminal.dispose()
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${paper}"/>`,
    ...dots,
    `<text x="${width / 2}" y="${bar / 2 + 7}" text-anchor="middle" fill="#868d99" font-family="sans-serif" font-size="12">${escaped(title)}</text>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">`,
    ...lines.flat(),
    '</g>',
    '</svg>\n',
  ].join('\n')
}

interface Run {
  readonly column: number
  readonly width: number
  readonly text: string
  readonly style: string
}

/** Groups adjacent cells with the same style; spaces belong to any group. */
function runsOf(terminal: xterm.Terminal, row: number): Run[] {
  const line = terminal.buffer.active.getLine(row)
  const runs: Run[] = []
  for (let column = 0; line && column < terminal.cols; column++) {
    const at = line.getCell(column)
    if (!at || at.getWidth() === 0) continue
    const style = styleOf(at)
    const text = at.getChars() || ' '
    const before = runs.at(-1)
    if (before && before.style === style && before.column + before.width === column)
      runs[runs.length - 1] = { ...before, text: before.text + text, width: before.width + at.getWidth() }
    else runs.push({ column, width: at.getWidth(), text, style })
  }
  return runs.filter(({ text }) => text.trim() !== '')
}

function styleOf(at: NonNullable<ReturnType<NonNullable<ReturnType<xterm.IBuffer['getLine']>>['getCell']>>): string {
  const color = at.isFgPalette() ? (palette[at.getFgColor()] ?? ink) : ink
  return [
    `fill="${color}"`,
    ...(at.isBold() ? ['font-weight="bold"'] : []),
    ...(at.isDim() ? ['opacity="0.6"'] : []),
  ].join(' ')
}

/** Each group has the width of its cells, regardless of the font. */
function runSvg({ column, width, text, style }: Run, row: number): string {
  const lead = text.length - text.trimStart().length
  const x = edge + (column + lead) * cell.width
  const y = bar + edge + row * cell.height + 13
  const length = (width - lead - (text.length - text.trimEnd().length)) * cell.width
  return `<text x="${x.toFixed(1)}" y="${y}" textLength="${length.toFixed(1)}" ${style}>${escaped(text.trim())}</text>`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
