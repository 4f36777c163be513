/*
 * Records in test/fixtures/schedules what real Prefect versions say about schedules: which expressions they take, and when
 * they run next. Run it after a change of judge_schedules.py or of the locked versions.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureVenv } from '../test/servers/venv.ts'

const script = fileURLToPath(new URL('./judge_schedules.py', import.meta.url))
const out = fileURLToPath(new URL('../test/fixtures/schedules/', import.meta.url))

for (const version of ['3.8.8', '3.4.14'] as const) {
  const python = await ensureVenv(version, console.error)
  const env = { ...process.env, PREFECT_HOME: mkdtempSync(join(tmpdir(), 'prefect-')) }
  const verdicts = JSON.parse(execFileSync(python, [script], { env, encoding: 'utf8' }))
  writeFileSync(join(out, `prefect-${version}.json`), `${JSON.stringify(verdicts, undefined, 1)}\n`)
}
