import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { limitBytes } from '../../src/client/bytes-in-flight.ts'
import { excessiveLoss } from '../../src/plan/change-limit.ts'
import { type Hostile, hostileAnswers } from '../support/hostile-answers.ts'
import { checkRun, openWorld, runs, type World } from '../support/hostile-runs.ts'
import { resource } from '../support/toy-kinds.ts'

/* A sample of test/hard/hostile-answers.test.ts. */

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const sample = [
  ['every list: an object with an error', 'export --update'],
  ['every list: no body', 'backup --keep 1'],
  ['every list: objects without IDs', 'apply --prune'],
  ['every count: zero, with rows', 'export over a directory'],
  ['variables: new IDs for ever', 'backup --keep 1'],
  ['a block without the schema that says what is secret', 'transfer from it'],
] as const

describe('an answer that no Prefect server gives', () => {
  test.each(sample)('%s ends %s, and nothing is changed', async (name, of) => {
    const [row, run] = [hostileAnswers.find((row) => row.name === name), runs.find((run) => run.name === of)]
    expect(await checkRun(world, row as Hostile, run as (typeof runs)[number])).toBe(true)
  })

  test('to a create is not followed by a second create', async () => {
    world.server.clear()
    world.server.lie(({ method, path }) =>
      method === 'POST' && path === '/automations/' ? { json: { error: 'session expired' } } : undefined,
    )
    const told = await world.go(['apply', 'changed.snapshot.yaml', '--yes']).finally(() => world.server.lie(undefined))
    const creates = world.server.writes().filter(({ path }) => path === '/automations/')
    expect(creates.map(({ body }) => body.name)).toEqual(['brand new'])
    // The server had carried it out, which the search by name shows.
    expect(told.exit).toBe(0)
    expect((await world.go(['undo', '--last', '--yes'])).exit).toBe(0)
  })

  test('that is empty but well formed does not follow a good backup, unless it is said', async () => {
    const before = world.files()
    world.server.lie(({ path }) =>
      /(filter|count)$/.test(path) ? { json: path.endsWith('count') ? 0 : [] } : undefined,
    )
    const told = await world.go(['backup', 'backups', '--keep', '1'])
    expect(told).toMatchObject({
      exit: 7,
      issues: expect.arrayContaining([expect.objectContaining({ code: 'change-limit' })]),
    })
    expect(told.issues[0]?.message).toMatch(/has lost \d+ of \d+ resources of kind/)
    expect(world.files()).toEqual(before)
    const anyway = await world.go(['backup', 'backups', '--keep', '2', '--override-change-limit'])
    world.server.lie(undefined)
    expect(anyway.exit).toBe(0)
  })
})

test('what a backup lost is too much by kind, in all, or if nothing is left', () => {
  const some = (kind: string, count: number, from = 0) =>
    Array.from({ length: count }, (_, n) => resource(`${kind}/${n + from}`))
  expect(excessiveLoss(some('a', 1), some('b', 5))).toEqual([])
  expect(excessiveLoss(some('a', 1), [])).toEqual(['1 of 1 resources (100 %)'])
  expect(excessiveLoss([], [])).toEqual([])
  expect(excessiveLoss(some('a', 10), some('a', 7))).toEqual([])
  expect(excessiveLoss(some('a', 10), some('a', 6))).toEqual(['4 of 10 resources of kind a (40 %)'])
  expect(excessiveLoss([...some('a', 6), ...some('b', 6)], some('a', 6))).toEqual(['6 of 12 resources (50 %)'])
})

test('answers that arrive at a time are bounded together, and one of them always goes on', () => {
  const inFlight = limitBytes(100)
  const said: string[] = []
  const [a, b, c] = [inFlight.open(), inFlight.open(), inFlight.open()]
  const add = (one: typeof a, name: string, bytes: number) =>
    one.add(
      bytes,
      () => said.push(`${name} pauses`),
      () => said.push(`${name} resumes`),
    )
  add(a, 'a', 60)
  add(b, 'b', 60)
  add(a, 'a', 10)
  add(c, 'c', 1)
  add(b, 'b', 500)
  expect(said).toEqual(['a pauses', 'c pauses'])
  b.close()
  expect(said).toEqual(['a pauses', 'c pauses', 'a resumes', 'c resumes'])
})
