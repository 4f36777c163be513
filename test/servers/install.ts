/*
 * Installs the Prefect versions of `npm test`, and the programs that check files of CI systems, beforehand, which is mostly waiting
 * for downloads: `.ci/run` does it beside the checks. With --act, also the runner of workflows, whose build takes minutes of a
 * processor.
 */
import { ensureAct } from './act.ts'
import { ensureCiTools, ensureVenv } from './venv.ts'
import { usualVersions } from './versions.ts'

const tell = (line: string) => console.error(`[servers] ${line}`)
for (const version of usualVersions) await ensureVenv(version, tell)
await ensureCiTools(tell)
// Without act, the test that runs workflows with it is skipped.
if (process.argv.includes('--act')) await ensureAct(tell).catch((error) => tell(`act cannot be built: ${error}`))
