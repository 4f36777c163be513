import { expect, test } from 'vitest'
import { freshServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { applyTwice, fraction } from '../support/two-applies.ts'
import { seedVariable } from './sample.ts'
import { tellFigure } from './tally.ts'

/** The environment variable with the number of rounds. */
const roundsVariable = 'PREFECT_SNAPSHOT_HARD_ROUNDS'
const rounds = Number(process.env[roundsVariable] ?? 12)
/** The second process starts at most so much later: about as long as an apply takes. */
const longestOffsetMs = 2000

test('two applies at once, at random offsets', async () => {
  const seed = process.env[seedVariable] ?? ''
  const server = await freshServer(newest)
  const faults: string[] = []
  let held = 0
  for (let round = 0; round < rounds; round++) {
    // In half of the rounds both start at once.
    const offsetMs = round % 4 < 2 ? 0 : Math.round(longestOffsetMs * fraction(seed, 'offset', round))
    const name = `round${round}`
    const result = await applyTwice(server, { name, offsetMs, same: round % 2 === 0 })
    if (result.faults.length === 0) held++
    faults.push(...result.faults.map((fault) => `${name}, ${offsetMs} ms: ${fault}`))
  }
  await server.stop()
  tellFigure(`Two applies at once: ${rounds} rounds, ${held} held`)
  expect(faults).toEqual([])
})
