import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PrefectServer } from '../servers/servers.ts'
import { storeDir } from '../servers/venv.ts'

/** What a look at both databases, several times a second, has found. Times are in seconds. */
export interface Looked {
  readonly looks: number
  /** Deployments that were on at both sides, with the number of looks. */
  readonly both: Readonly<Record<string, number>>
  /** For how long each deployment that had been on was on neither side, each time. */
  readonly neither: Readonly<Record<string, readonly number[]>>
  /** Those that are off at the end, since when. */
  readonly off: Readonly<Record<string, number>>
}

const script = fileURLToPath(new URL('./both-databases.py', import.meta.url))

/** Starts to look at the databases of two servers. The result of `stop` is what was found. */
export async function startPoller(old: PrefectServer, to: PrefectServer): Promise<{ stop(): Promise<Looked> }> {
  const python = join(storeDir, `prefect-${to.version}`, 'bin', 'python')
  const databases = [old, to].map(({ home }) => join(home, 'prefect.db'))
  const child = spawn(python, [script, ...databases], { stdio: ['pipe', 'pipe', 'inherit'] })
  let text = ''
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString()
      if (text.startsWith('ready')) resolve()
    })
    child.once('exit', () => reject(new Error('The poller has ended')))
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await ready
  return {
    async stop() {
      child.stdin.end('\n')
      await ended
      return JSON.parse(text.slice('ready'.length)) as Looked
    },
  }
}
