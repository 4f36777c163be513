import { expect, test } from 'vitest'
import { freshServer } from '../servers/servers.ts'
import { newest } from '../servers/versions.ts'
import { applyTwice } from '../support/two-applies.ts'

/* Two rounds of what test/hard/two-applies.test.ts does many times. */
test('two applies at once make nothing twice, and the loser says what has changed under it', async () => {
  const server = await freshServer(newest)
  const same = await applyTwice(server, { name: 'same', offsetMs: 0, same: true })
  expect(same.faults, `exits ${same.exits}`).toEqual([])
  const different = await applyTwice(server, { name: 'different', offsetMs: 0, same: false })
  expect(different.faults, `exits ${different.exits}`).toEqual([])
  expect(different.exits).not.toEqual([0, 0])
  await server.stop()
})
