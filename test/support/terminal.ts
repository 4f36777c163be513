import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import xterm from '@xterm/headless'
import { ensureVenv } from '../servers/venv.ts'
import { newest } from '../servers/versions.ts'
import { bin, newHome } from './cli.ts'

const pty = fileURLToPath(new URL('./pseudo_terminal.py', import.meta.url))
const rows = 24

/** What a user sees of a command in a terminal. */
export interface Watched {
  readonly exit: number | null
  /** Every screen that differs from the previous one, as lines without trailing empty lines. */
  readonly screens: readonly (readonly string[])[]
  /** All lines at the end, including those that have scrolled off. */
  readonly lines: readonly string[]
  /** The raw bytes. */
  readonly raw: string
}

/** Runs the built command line in a pseudo-terminal and feeds its output to a terminal emulator. */
export async function watch(
  args: readonly string[],
  { columns, env = {} }: { readonly columns: number; readonly env?: Readonly<Record<string, string>> },
): Promise<Watched> {
  const python = await ensureVenv(newest)
  const home = env.HOME ?? newHome()
  const child = spawn(python, ['-B', pty, String(columns), process.execPath, bin, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: home, TERM: 'xterm-256color', ...env },
    cwd: home,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 5000, allowProposedApi: true })
  const screens: (readonly string[])[] = []
  const look = () => {
    const { viewportY, length } = terminal.buffer.active
    const screen = linesOf(terminal, viewportY, Math.min(length, viewportY + rows))
    if (screen.join('\n') !== screens.at(-1)?.join('\n')) screens.push(screen)
  }
  let raw = ''
  child.stdout.on('data', (data: Buffer) => {
    raw += data.toString()
    terminal.write(data, look)
  })
  const exit = await new Promise<number | null>((resolve) => child.on('close', resolve))
  await new Promise<void>((resolve) => terminal.write('', resolve))
  const lines = linesOf(terminal, 0, terminal.buffer.active.length)
  terminal.dispose()
  return { exit, screens, lines, raw }
}

function linesOf(terminal: xterm.Terminal, from: number, to: number): string[] {
  const lines: string[] = []
  for (let row = from; row < to; row++) lines.push(terminal.buffer.active.getLine(row)?.translateToString(true) ?? '')
  while (lines.at(-1) === '') lines.pop()
  return lines
}
