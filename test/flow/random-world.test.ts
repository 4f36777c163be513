import { afterAll, beforeAll, expect, test } from 'vitest'
import { newest } from '../servers/versions.ts'
import { openWorldBench, type WorldBench } from '../worlds/random/bench.ts'
import { holdWorld } from '../worlds/random/law.ts'

/* One random world of those that test/hard/worlds.ts makes: always the same, for it to be a regression where it fails. */
let bench: WorldBench

beforeAll(async () => {
  bench = await openWorldBench(newest)
})
afterAll(() => bench?.close())

test('a world of names and values with a meaning to parsers arrives as it was, and every edit goes and comes back', async () => {
  const { accepted, edits, faults } = await holdWorld(bench, 54)
  expect(faults.join('\n')).toBe('')
  expect(accepted).toBeGreaterThan(30)
  expect(edits).not.toEqual([])
})
