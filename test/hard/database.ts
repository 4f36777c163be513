import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { PrefectServer } from '../servers/servers.ts'
import { storeDir } from '../servers/venv.ts'

const script = `import sqlite3, sys
live = sqlite3.connect(sys.argv[1], timeout=30)
saved = {}
for line in sys.stdin:
    verb, name = line.split()
    if verb == 'save':
        saved[name] = sqlite3.connect(':memory:')
        live.backup(saved[name])
    else:
        saved[name].backup(live)
    print(name, flush=True)`

/** Saved states of a server, with all IDs. To load one takes some milliseconds, and the server need not be restarted. */
export interface Database {
  save(name: string): Promise<void>
  load(name: string): Promise<void>
  close(): void
}

export function openDatabase({ home, version }: PrefectServer): Database {
  const python = join(storeDir, `prefect-${version}`, 'bin', 'python')
  const child = spawn(python, ['-c', script, join(home, 'prefect.db')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const send = (line: string) =>
    new Promise<void>((resolve, reject) => {
      const onExit = () => reject(new Error(`The database of the server could not ${line}.`))
      child.once('exit', onExit)
      child.stdout.once('data', () => {
        child.off('exit', onExit)
        resolve()
      })
      child.stdin.write(`${line}\n`)
    })
  return { save: (name) => send(`save ${name}`), load: (name) => send(`load ${name}`), close: () => child.stdin.end() }
}
