import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Json, parseJson } from '../src/json.ts'
import type { Report } from '../src/report/model/report.ts'
import type { Log } from './forge.ts'
import type { Env } from './inputs.ts'

/** What a command of prefect-snapshot returned. */
export interface ToolResult {
  readonly exit: number
  /** Absent if the command printed none, which is a bug in it or a signal. */
  readonly report?: Report
}

/** Runs a command of prefect-snapshot. */
export type Tool = (args: readonly string[]) => Promise<ToolResult>

const bin = fileURLToPath(new URL('../bin/prefect-snapshot.js', import.meta.url))

/** What a snapshot must not be able to name as the source of a secret, and what makes the tool print commands of the forge. */
const withheld = ['INPUT_TOKEN', 'GITLAB_TOKEN', 'ACTIONS_RUNTIME_TOKEN', 'GITHUB_ACTIONS']

/**
 * Runs commands with this Node.js, without a shell. Their messages go to the log. Signals go to them, so that a canceled
 * apply ends in its own way, and this process lives on to report it.
 */
export function openTool(env: Env, log: Log): Tool {
  const passed = Object.fromEntries(Object.entries(env).filter(([name]) => !withheld.includes(name)))
  let running: ChildProcess | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void running?.kill(signal))
  return (args) =>
    new Promise((done, fail) => {
      // Without `--`, Node takes some options itself, wherever they are: the variables of `--env-file` may be code to run.
      // The checkout is the job's own; in containers, its owner and modes are those of another user.
      const words = ['--', bin, ...args, '--trust-directory', '-f', 'json']
      const child = spawn(process.execPath, words, { env: passed, stdio: ['ignore', 'pipe', 'pipe'] })
      running = child
      const out: Buffer[] = []
      child.stdout.on('data', (data: Buffer) => out.push(data))
      child.stderr.setEncoding('utf8').on('data', (text: string) => log.pass(text))
      child.once('error', fail)
      child.once('close', (code, signal) => {
        running = undefined
        const report = reportOf(Buffer.concat(out).toString('utf8'))
        done({ exit: code ?? (signal === 'SIGKILL' ? 137 : 130), ...(report ? { report } : {}) })
      })
    })
}

function reportOf(text: string): Report | undefined {
  try {
    return parseJson(text) as Json as unknown as Report
  } catch {
    return undefined
  }
}
