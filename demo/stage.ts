import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createColors } from 'picocolors'
import { freshServer, type PrefectServer } from '../test/servers/servers.ts'
import { openTap, type Tap } from '../test/servers/tap.ts'
import { newest } from '../test/servers/versions.ts'
import { seed } from '../test/worlds/seed.ts'

/** The output of a command, and its exit code. */
interface Shown {
  readonly text: string
  readonly exit: number
}

/** Two real servers, an empty directory, and a shell session to show. */
export interface Stage {
  readonly dir: string
  /** Records the requests to the server of the profile `prod`. */
  readonly prod: Tap
  /** Environment variables of the session. */
  readonly env: Record<string, string>
  say(text: string): void
  /**
   * Shows and runs a command line of the tool, and prints its output: all of it, or only `lines` from its start and end.
   * Throws if the exit code is not `exit`.
   */
  run(line: string, lines?: readonly [number, number], exit?: number): Promise<string>
  /** Shows a command line that the demo does itself, and its output. */
  show(line: string, text?: string): void
  /** Stops the servers and removes the directory. Safe to call twice. */
  close(): Promise<void>
}

const bin = fileURLToPath(new URL('../bin/prefect-snapshot.js', import.meta.url))
const colors = process.stdout.isTTY === true && !process.env.NO_COLOR
const { bold, cyan, dim } = createColors(colors)

/** Starts both servers, fills the first, and writes a profiles.toml with a profile for each. */
export async function openStage(keep: boolean): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), 'prefect-snapshot-demo-'))
  const opened: { servers?: readonly PrefectServer[]; tap?: Tap; child?: Child; closing?: true } = {}
  const close = async () => {
    opened.closing = true
    opened.child?.kill()
    await opened.tap?.close()
    for (const server of opened.servers ?? []) await server.stop()
    if (!keep) rmSync(dir, { recursive: true, force: true })
  }
  stopOnSignals(close)
  try {
    const progress = (line: string) => console.log(dim(`  … ${line}`))
    const boot = () => freshServer(newest, { services: true }, progress)
    const [staging, real] = await Promise.all([boot(), boot()])
    opened.servers = [staging, real]
    progress('filling the first server')
    await seed('demo_platform', newest, staging.url)
    const prod = await openTap(real.url)
    opened.tap = prod
    writeProfiles(dir, { staging: staging.url, prod: prod.url })
    const env: Record<string, string> = {}
    const run: Stage['run'] = async (line, lines, exit = 0) => {
      console.log(`\n${dim('$')} ${bold(line)}`)
      const shown = await runLine(line, { dir, env }, (child) => {
        opened.child = child
      })
      // After an interruption, nothing more is shown.
      if (opened.closing) return new Promise(() => {})
      console.log(abridged(shown.text.trimEnd(), lines))
      if (shown.exit !== 0) console.log(dim(`(exit code ${shown.exit})`))
      if (shown.exit !== exit) throw new Error(`the command should have exited with code ${exit}`)
      return shown.text
    }
    const say = (text: string) => console.log(`\n${cyan(text)}`)
    const show = (line: string, text?: string) => console.log(`\n${dim('$')} ${bold(line)}${text ? `\n${text}` : ''}`)
    return { dir, prod, env, say, run, show, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** On a signal, stops what was started before exiting. A second signal exits at once. */
function stopOnSignals(close: () => Promise<void>): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.once(signal, () => {
      console.log('\nStopping the servers …')
      void close().finally(() => process.exit(code))
    })
}

function writeProfiles(dir: string, urls: Readonly<Record<string, string>>): void {
  mkdirSync(join(dir, 'prefect-home'))
  const tables = Object.entries(urls).map(([name, url]) => `\n[profiles.${name}]\nPREFECT_API_URL = "${url}"\n`)
  writeFileSync(join(dir, 'prefect-home', 'profiles.toml'), `active = "staging"\n${tables.join('')}`)
}

type Child = ReturnType<typeof spawn>

/** Runs the built command line tool. Both output streams go to one file, which keeps their order. */
function runLine(
  line: string,
  { dir, env }: Pick<Stage, 'dir' | 'env'>,
  started: (child: Child) => void,
): Promise<Shown> {
  const [, ...args] = line.split(' ')
  const file = join(dir, '.printed')
  const out = openSync(file, 'w')
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: dir,
    stdio: ['ignore', out, out],
    env: {
      PATH: process.env.PATH,
      HOME: dir,
      XDG_STATE_HOME: join(dir, 'state'),
      PREFECT_HOME: join(dir, 'prefect-home'),
      ...(colors ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
      ...env,
    },
  })
  started(child)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      closeSync(out)
      const text = readFileSync(file, 'utf8')
      rmSync(file)
      resolve({ text, exit: code ?? 1 })
    })
  })
}

function abridged(text: string, lines?: readonly [number, number]): string {
  const all = text.split('\n')
  if (!lines || all.length <= lines[0] + lines[1] + 1) return text
  const left = all.length - lines[0] - lines[1]
  return [...all.slice(0, lines[0]), dim(`  … ${left} more lines …`), ...all.slice(all.length - lines[1])].join('\n')
}
