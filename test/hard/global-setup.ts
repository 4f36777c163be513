import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import shareServers from '../servers/global-setup.ts'
import { defaultShare, seedVariable, shareVariable } from './sample.ts'
import { type FigureLine, type TallyLine, tallyVariable } from './tally.ts'

/** Vitest's global setup: shared servers, and at the end one line for each part: how much was tried and held. */
export default async function setup(): Promise<() => Promise<void>> {
  const tally =
    process.env[tallyVariable] ?? join(mkdtempSync(join(tmpdir(), 'prefect-snapshot-tally-')), 'tally.ndjson')
  process.env[tallyVariable] = tally
  process.env[seedVariable] ??= randomBytes(4).toString('hex')
  const share = process.env[shareVariable] ?? defaultShare
  console.log(`${seedVariable}=${process.env[seedVariable]} ${shareVariable}=${share}`)
  const [stop, start] = [await shareServers(), performance.now()]
  return async () => {
    await stop()
    const lines = existsSync(tally) ? readFileSync(tally, 'utf8').split('\n').filter(Boolean) : []
    const all = lines.map((text) => JSON.parse(text) as TallyLine | FigureLine)
    console.log(`\nHard tests, ${seedVariable}=${process.env[seedVariable]} ${shareVariable}=${share}`)
    for (const line of summaryOf(all.filter((one) => 'version' in one))) console.log(line)
    for (const { figure } of all.filter((one) => 'figure' in one)) console.log(figure)
    console.log(`${Math.round((performance.now() - start) / 1000)} seconds`)
  }
}

function summaryOf(lines: readonly TallyLine[]): string[] {
  return [...new Set(lines.map(({ version }) => version))].map((version) => {
    const some = lines.filter((line) => line.version === version)
    const sum = (name: 'tried' | 'held') => some.reduce((total, line) => total + line[name], 0)
    return `Stopped updates, Prefect ${version}: ${some.length} updates, ${sum('tried')} points tried, ${sum('held')} held`
  })
}
