import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { PrefectServer } from '../servers/servers.ts'
import { storeDir } from '../servers/venv.ts'

const script = `import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=30)
done = database.execute(sys.argv[2])
database.commit()
print(done.rowcount)`

/** Runs a statement in the database of a server, for states that no request makes. Returns the number of changed rows. */
export function runSql({ home, version }: PrefectServer, statement: string): number {
  const python = join(storeDir, `prefect-${version}`, 'bin', 'python')
  return Number(execFileSync(python, ['-c', script, join(home, 'prefect.db'), statement], { encoding: 'utf8' }))
}
