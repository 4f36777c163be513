/*
 * Installs every Prefect version of the tests beforehand, which is mostly waiting for downloads: `.ci/run` does it beside the checks.
 */
import { ensureVenv, serverVersions } from './venv.ts'

for (const version of serverVersions) await ensureVenv(version, (line) => console.error(`[servers] ${line}`))
