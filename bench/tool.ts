import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const bin = fileURLToPath(new URL('../bin/prefect-snapshot.js', import.meta.url))

/** The result of a process; `ms` is the time from its start to its end. */
export interface Ran {
  readonly exit: number | null
  readonly ms: number
  readonly text: string
  /** Peak resident memory in MB; only for Node processes that report it. */
  readonly peakMb: number
}

/** Makes a process write its peak memory to file descriptor 3 when it exits. */
const measureMemory =
  "import{writeSync}from'node:fs';process.on('exit',()=>writeSync(3,String(process.resourceUsage().maxRSS)))"

/** Runs the built command line tool with a temporary home directory. Throws on an unexpected exit code. */
export async function tool(args: readonly string[], expected: readonly number[] = [0]): Promise<Ran> {
  const ran = await runNode(['--import', `data:text/javascript,${encodeURIComponent(measureMemory)}`, bin, ...args])
  if (!expected.includes(ran.exit ?? -1))
    throw new Error(`prefect-snapshot ${args.join(' ')} exited with ${ran.exit}:\n${ran.text.slice(-3000)}`)
  return ran
}

/** Runs Node. */
export function runNode(args: readonly string[]): Promise<Ran> {
  return runProcess(process.execPath, args)
}

/** Runs a process with its output in a file, so that reading the output does not slow it down. */
export function runProcess(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const home = mkdtempSync(join(tmpdir(), 'prefect-snapshot-bench-'))
  const printed = join(home, 'printed')
  const out = openSync(printed, 'w')
  const begun = performance.now()
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH ?? '', HOME: home, NO_COLOR: '1', DO_NOT_TRACK: '1', ...env },
    cwd: home,
    stdio: ['ignore', out, out, 'pipe'],
  })
  let memory = ''
  child.stdio[3]?.on('data', (chunk) => {
    memory += chunk
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit) => {
      const ms = performance.now() - begun
      closeSync(out)
      const text = readFileSync(printed, 'utf8')
      rmSync(home, { recursive: true, force: true })
      resolve({ exit, ms, text, peakMb: Number(memory) / 1024 })
    })
  })
}
