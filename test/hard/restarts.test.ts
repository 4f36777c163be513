import { expect, test } from 'vitest'
import { applyWithRestarts } from '../support/restarts.ts'
import { fraction } from '../support/two-applies.ts'
import { seedVariable } from './sample.ts'
import { tellFigure } from './tally.ts'

test('two thousand changes, and the server is restarted twice', async () => {
  const seed = process.env[seedVariable] ?? ''
  const at = [0.05 + 0.4 * fraction(seed, 'first'), 0.55 + 0.4 * fraction(seed, 'second')]
  const amounts = { variables: 1600, automations: 200, flows: 100 }
  const { exit, stderr, restarts, rows, left, changes } = await applyWithRestarts(amounts, at)
  tellFigure(`Restarts: ${changes} changes, ${restarts} restarts, exit ${exit}, ${left} left`)
  expect(exit, stderr.slice(-4000)).toBe(0)
  expect(restarts).toBe(2)
  expect(rows).toEqual({
    ...{ variables: [1600, 1600], automations: [200, 200] },
    ...{ flows: [100, 100], deployments: [100, 100] },
  })
  expect(left).toBe(0)
})
