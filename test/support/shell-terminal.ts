import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import xterm from '@xterm/headless'
import { ensureVenv } from '../servers/venv.ts'
import { newest } from '../servers/versions.ts'

const bridge = fileURLToPath(new URL('./shell_terminal.py', import.meta.url))

/** An interactive shell in a terminal. */
export interface ShellTerminal {
  /** Types keys; `\t` is the Tab key. */
  type(keys: string): void
  /** The screen once it matches; throws with the screen if it does not within a while. */
  until(pattern: RegExp): Promise<string>
  /** Discards the line and clears the screen. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** Starts a shell whose prompt is `ready> `, and waits for it. */
export async function openShell(
  command: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<ShellTerminal> {
  const python = await ensureVenv(newest)
  const child = spawn(python, ['-B', bridge, ...command], { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] })
  const terminal = new xterm.Terminal({ cols: 160, rows: 40, allowProposedApi: true })
  // Shells ask the terminal what it is.
  terminal.onData((answer) => child.stdin.write(answer))
  child.stdin.on('error', () => {})
  const looks = new Set<() => void>()
  child.stdout.on('data', (data: Buffer) => terminal.write(data, () => looks.forEach((look) => void look())))
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const screen = () => {
    const { viewportY } = terminal.buffer.active
    const lines = Array.from({ length: 40 }, (_, row) =>
      terminal.buffer.active.getLine(viewportY + row)?.translateToString(true),
    )
    return lines.join('\n').trimEnd()
  }
  const until = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const done = () => {
        looks.delete(look)
        clearTimeout(timer)
      }
      const look = () => {
        if (!pattern.test(screen())) return
        done()
        resolve(screen())
      }
      const timer = setTimeout(() => {
        done()
        reject(new Error(`The screen does not match ${pattern}:\n${screen()}`))
      }, 30_000)
      looks.add(look)
      look()
    })
  const shell: ShellTerminal = {
    type: (keys) => void child.stdin.write(keys),
    until,
    async clear() {
      child.stdin.write('\u0015')
      child.stdin.write('clear\r')
      await until(/^ready>\s*$/)
    },
    async close() {
      child.stdin.end()
      await ended
      terminal.dispose()
    },
  }
  await until(/ready>/)
  return shell
}
