import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { atLeast } from '../../src/version.ts'
import { freshServer, type ServerVersion } from '../servers/servers.ts'
import { type Bench, holdUpdate, openBench, type Point } from './hold.ts'
import { defaultShare, sampleOf, seedVariable, shareVariable } from './sample.ts'
import { stops } from './stops.ts'
import { tally } from './tally.ts'
import { updates } from './updates/all.ts'

/** Prefect versions to try, separated by commas; all that have a test file by default. */
const chosenVersions = process.env.PREFECT_SNAPSHOT_HARD_VERSIONS?.split(',')
/** Part of the name of the ways to stop; all by default. */
const chosenStops = process.env.PREFECT_SNAPSHOT_HARD_STOP ?? ''

const sample = sampleOf(Number(process.env[shareVariable] ?? defaultShare), process.env[seedVariable] ?? '')

/** Tries every update of several writes on a version of Prefect. */
export function describeMatrix(version: ServerVersion): void {
  const isChosen = chosenVersions === undefined || chosenVersions.includes(version)
  describe.runIf(isChosen)(`updates of several writes, Prefect ${version}`, () => {
    let bench: Bench
    beforeAll(async () => {
      bench = await openBench(await freshServer(version))
    })
    afterAll(async () => {
      await bench?.close()
    })
    test.each(updates.filter(({ since }) => atLeast(version, since)))('$name', async (update) => {
      const some = stops.filter(({ name }) => name.includes(chosenStops))
      const points = await holdUpdate(bench, update, some, sample)
      const failed = points.filter(({ faults }) => faults.length > 0).map(textOf)
      tally({ version, update: update.name, tried: points.length, held: points.length - failed.length, failed })
      expect(failed.join('\n')).toBe('')
    })
  })
}

function textOf({ stop, at, faults }: Point): string {
  return `write ${at}, ${stop}: ${faults.join('; ')}`
}
