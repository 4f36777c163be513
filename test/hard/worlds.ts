import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServerVersion } from '../servers/venv.ts'
import { openWorldBench, type WorldBench } from '../worlds/random/bench.ts'
import { type Held, holdWorld } from '../worlds/random/law.ts'
import { seedVariable } from './sample.ts'
import { tellFigure } from './tally.ts'

/** The environment variable with the number of the first world; the others follow. From the seed of all hard tests by default. */
const worldVariable = 'PREFECT_SNAPSHOT_WORLD'
/** The environment variable with the number of worlds on each version. */
const countVariable = 'PREFECT_SNAPSHOT_WORLDS'
const chosenVersions = process.env.PREFECT_SNAPSHOT_HARD_VERSIONS?.split(',')

/** Holds random worlds on a version of Prefect to the law of `holdWorld`. */
export function describeWorlds(version: ServerVersion): void {
  const first = Number(process.env[worldVariable] ?? numberFrom(`${process.env[seedVariable]} ${version}`))
  const seeds = Array.from({ length: Number(process.env[countVariable] ?? 8) }, (_, index) => first + index)
  const isChosen = chosenVersions === undefined || chosenVersions.includes(version)
  describe.runIf(isChosen)(`random worlds, Prefect ${version}`, () => {
    const all: Held[] = []
    let bench: WorldBench
    beforeAll(async () => {
      bench = await openWorldBench(version)
    })
    afterAll(async () => {
      await bench?.close()
      const sum = (of: (held: Held) => number) => all.reduce((total, held) => total + of(held), 0)
      const kept = all.filter(({ faults }) => faults.length === 0).length
      tellFigure(
        `Random worlds, Prefect ${version}: ${worldVariable}=${first} ${countVariable}=${seeds.length}: ${all.length} worlds, ${sum((held) => held.accepted)} requests made them, ${sum((held) => held.edits.length)} random edits, ${sum((held) => held.leftOut)} resources named as left out; the law held for ${kept}`,
      )
    })
    test.each(seeds)('world %i', async (seed) => {
      const held = await holdWorld(bench, seed)
      all.push(held)
      expect(held.faults.join('\n\n')).toBe('')
    })
  })
}

function numberFrom(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() % 1_000_000
}
