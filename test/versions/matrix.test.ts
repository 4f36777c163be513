import { afterAll, beforeAll, describe, test } from 'vitest'
import { missingPython } from '../servers/venv.ts'
import { claimed, type ServerVersion, serverVersions } from '../servers/versions.ts'
import { move, type Origin, openOrigin } from './pair.ts'
import { chosen, record } from './results.ts'

/*
 * Everything that each version can hold, moved to each version: the claim of docs/explanation/limits.md. One pair of servers at a time; the source
 * of nine or eight pairs is seeded once.
 */
const missing = new Map<ServerVersion, string>()
for (const version of serverVersions) {
  const reason = await missingPython(version)
  if (reason !== undefined) missing.set(version, reason)
}
for (const reason of missing.values()) console.error(`Skipped: ${reason}`)

const present = (version: ServerVersion) => !missing.has(version)
const sources = serverVersions.filter((from) => present(from) && claimed.some((to) => present(to) && chosen(from, to)))

describe.each(sources)('from Prefect %s', (from) => {
  const destinations = claimed.filter((to) => chosen(from, to) && present(to))
  let origin: Origin
  beforeAll(async () => {
    origin = await openOrigin(from)
  })
  afterAll(async () => {
    await origin?.server.stop()
  })

  test.each(destinations)('to %s, nothing is lost without a word', async (to) => {
    record(await move(origin, to))
  })
})
