import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { PrefectServer } from '../test/servers/servers.ts'
import { ensureVenv } from '../test/servers/venv.ts'
import { newest } from '../test/servers/versions.ts'
import { bareClient } from './bare.ts'
import { fillBare, flowsAndDeployments } from './worlds.ts'

/** Fills a server on SQLite with `count` flows, each with one deployment: the first by requests, the others as copies of its rows. */
export async function fill(server: PrefectServer, count: number): Promise<void> {
  const bare = bareClient(server.url)
  await fillBare(flowsAndDeployments(1), bare)
  bare.close()
  const script = fileURLToPath(new URL('./copy_rows.py', import.meta.url))
  await promisify(execFile)(await ensureVenv(newest), [script, join(server.home, 'prefect.db'), String(count)])
}
