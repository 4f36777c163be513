import { expect, test } from 'vitest'
import { applyWithRestarts } from '../support/restarts.ts'

/* A hundred of what test/hard/restarts.test.ts does with two thousand changes. */
test('an apply ends complete although its server is restarted twice', async () => {
  const amounts = { variables: 50, automations: 20, flows: 15 }
  const { exit, stderr, events, restarts, rows, left } = await applyWithRestarts(amounts, [0.3, 0.7])
  expect(exit, stderr).toBe(0)
  expect(restarts).toBe(2)
  expect(rows).toEqual({ variables: [50, 50], automations: [20, 20], flows: [15, 15], deployments: [15, 15] })
  expect(left).toBe(0)
  expect(events.filter((type) => type === 'server-back')).toHaveLength(
    events.filter((type) => type === 'server-wait').length,
  )
})
