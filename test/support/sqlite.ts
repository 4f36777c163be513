import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { PrefectServer } from '../servers/servers.ts'
import { storeDir } from '../servers/venv.ts'

const script = `import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=30)
for statement in sys.argv[2:]:
    done = database.execute(statement)
database.commit()
print(done.rowcount)`

/** Runs statements in the database of a server, for states that no request makes. Returns the number of rows that the last one changed. */
export function runSql({ home, version }: PrefectServer, ...statements: readonly string[]): number {
  const python = join(storeDir, `prefect-${version}`, 'bin', 'python')
  return Number(execFileSync(python, ['-c', script, join(home, 'prefect.db'), ...statements], { encoding: 'utf8' }))
}
