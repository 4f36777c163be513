/*
 * Records docs/recording/ in a real terminal (tmux) with two real servers: `npm run build && npx tsx
 * scripts/record-terminal.ts`. Run it after a visible change of the output. Requires tmux.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openStage, type Stage } from '../demo/stage.ts'
import { picture } from './terminal-picture.ts'

const columns = 100
const rows = 28
const folder = fileURLToPath(new URL('../docs/recording/', import.meta.url))
const file = 'acme.snapshot.yaml'

interface Terminal {
  /** Types a line, and waits until its command has exited or `until` is true for the screen. */
  type(line: string, until?: (screen: string) => boolean): Promise<void>
  /** Waits until the last command has exited. */
  rest(): Promise<void>
  /** The screen with its colors. */
  capture(): string
  close(): void
}

/** A shell in tmux with the stage's profiles; `raw` records all of its output. */
function openTerminal(stage: Stage, raw: string): Terminal {
  const bin = join(stage.dir, 'bin')
  mkdirSync(bin)
  const executable = fileURLToPath(new URL('../bin/prefect-snapshot.js', import.meta.url))
  writeFileSync(join(bin, 'prefect-snapshot'), `#!/bin/sh\nexec '${process.execPath}' '${executable}' "$@"\n`)
  chmodSync(join(bin, 'prefect-snapshot'), 0o755)
  const tmux = (...args: readonly string[]) =>
    execFileSync('tmux', ['-L', 'recording', '-f', '/dev/null', ...args], { encoding: 'utf8' })
  const env = {
    ...stage.env,
    HOME: stage.dir,
    PREFECT_HOME: join(stage.dir, 'prefect-home'),
    PATH: `${bin}:${process.env.PATH}`,
    PS1: '$ ',
  }
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const size = ['-x', String(columns), '-y', String(rows)]
  tmux('new-session', '-d', ...size, '-c', stage.dir, 'env', ...variables, 'bash', '--norc', '--noprofile')
  tmux('pipe-pane', '-o', `cat >> '${raw}'`)
  const screen = () => tmux('capture-pane', '-p')
  const isDone = (text: string) => text.trimEnd().endsWith('\n$') || text.trimEnd() === '$'
  return {
    async type(line, until = isDone) {
      for (const letter of line) {
        tmux('send-keys', '-l', letter)
        await sleep(15)
      }
      tmux('send-keys', 'Enter')
      for (await sleep(500); !until(screen()); ) await sleep(50)
    },
    async rest() {
      while (!isDone(screen())) await sleep(50)
    },
    capture: () => tmux('capture-pane', '-e', '-p'),
    close: () => void tmux('kill-server'),
  }
}

/** Writes the output with its timing in the format of asciinema's player (asciicast 2), with pauses of at most a second. */
async function recordTo(raw: string, signal: AbortSignal): Promise<readonly string[]> {
  const events: string[] = []
  let [seen, time, last] = [0, 0, Date.now()]
  while (!signal.aborted) {
    await sleep(30)
    const bytes = readFileSync(raw)
    if (bytes.length === seen) continue
    const now = Date.now()
    time += Math.min(1000, now - last)
    last = now
    events.push(JSON.stringify([time / 1000, 'o', bytes.subarray(seen).toString('utf8')]))
    seen = bytes.length
  }
  return events
}

/** Values for the snapshot's secret placeholders. */
async function fillPlaceholders(stage: Stage): Promise<void> {
  const missing = await stage.run(`prefect-snapshot plan ${file} --profile prod`, [0, 1], 3)
  for (const name of new Set(missing.match(/(?<=export )[A-Z0-9_]+(?==)/g)))
    stage.env[name] = name.includes('OAUTH') ? '{"client_id": "acme", "client_secret": "of prod"}' : 'of-prod'
}

async function tell(terminal: Terminal): Promise<void> {
  const keep = async (name: string, title: string) => {
    const text = terminal.capture()
    writeFileSync(join(folder, `${name}.txt`), `${text.trimEnd()}\n`)
    writeFileSync(join(folder, `${name}.svg`), await picture(text, { columns, rows, title }))
  }
  await terminal.type(`prefect-snapshot plan ${file} --profile prod`)
  await keep('plan', 'plan: what prod would have to change')
  const half = (screen: string) => /^applying (1[3-9]\d|2\d\d)\//m.test(screen)
  await terminal.type(`prefect-snapshot apply ${file} --profile prod --yes --journal apply.ndjson`, half)
  await keep('applying', 'apply: how far it has come')
  await terminal.rest()
  await keep('applied', 'apply: done')
  await terminal.type('clear')
  await terminal.type(`prefect-snapshot apply ${file} --profile prod --yes`)
  await terminal.type(`sed -i '/key: dbt-build.prod/,/^---/ s/cron: 0 5 /cron: 30 4 /' ${file}`)
  await terminal.type(`prefect-snapshot plan ${file} --profile prod`)
  await keep('again', 'a second apply writes nothing; then a line is changed')
}

const stage = await openStage(false)
const raw = join(stage.dir, 'terminal.raw')
writeFileSync(raw, '')
mkdirSync(folder, { recursive: true })
const stopped = new AbortController()
try {
  await stage.run(`prefect-snapshot export --profile staging -o ${file}`)
  await fillPlaceholders(stage)
  const recorded = recordTo(raw, stopped.signal)
  const terminal = openTerminal(stage, raw)
  try {
    await tell(terminal)
    await sleep(300)
  } finally {
    terminal.close()
    stopped.abort()
  }
  const header = JSON.stringify({ version: 2, width: columns, height: rows, title: 'prefect-snapshot' })
  writeFileSync(join(folder, 'terminal.cast'), `${[header, ...(await recorded)].join('\n')}\n`)
} finally {
  await stage.close()
}
