import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hostileAnswers, slowAnswers } from '../support/hostile-answers.ts'
import { checkRun, openWorld, runs, type World } from '../support/hostile-runs.ts'
import { tellFigure } from './tally.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
let held = 0
afterAll(async () => {
  await world.close()
  const ways = hostileAnswers.length + slowAnswers.length
  tellFigure(
    `Hostile answers: ${ways} ways, ${runs.length} commands, ${held} runs ended with a sentence, nothing changed`,
  )
})

describe.each(hostileAnswers)('$name', (row) => {
  test('ends every command that asks for it, and nothing is changed', async () => {
    const asking: string[] = []
    for (const run of runs) if (await checkRun(world, row, run)) asking.push(run.name)
    held += asking.length
    expect(asking.length, 'commands that made the request').toBeGreaterThan(0)
  })
})

describe.each(slowAnswers)('$name', (row) => {
  test('ends an export, a backup and a plan', async () => {
    for (const run of runs.filter(({ name }) => ['export --update', 'backup --keep 1', 'plan --prune'].includes(name)))
      if (await checkRun(world, row, run)) held++
  })
})
