/*
 * Records in test/fixtures what real Prefect versions say: which schedules they take and when they run next, which templates
 * they take, and what they make of the values of triggers. Run it after a change of a script or of the locked versions.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureVenv } from '../test/servers/venv.ts'
import { common, newest, old } from '../test/servers/versions.ts'

/** Folders of the fixtures, and the scripts that Prefect's Python runs. */
const judges = {
  schedules: 'judge_schedules.py',
  templates: 'judge_templates.py',
  'trigger-values': 'judge_trigger_values.py',
}

for (const version of [newest, common, old] as const) {
  const python = await ensureVenv(version, console.error)
  const env = { ...process.env, PREFECT_HOME: mkdtempSync(join(tmpdir(), 'prefect-')) }
  for (const [folder, name] of Object.entries(judges)) {
    const script = fileURLToPath(new URL(`./${name}`, import.meta.url))
    const out = fileURLToPath(new URL(`../test/fixtures/${folder}/`, import.meta.url))
    mkdirSync(out, { recursive: true })
    const verdicts = JSON.parse(execFileSync(python, [script], { env, encoding: 'utf8' }))
    writeFileSync(join(out, `prefect-${version}.json`), `${JSON.stringify(verdicts, undefined, 1)}\n`)
  }
}
