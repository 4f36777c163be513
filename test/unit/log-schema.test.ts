import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { logEventSchema } from '../../scripts/type-schemas.ts'

const committed = readFileSync(new URL('../../schemas/log-event.v1.json', import.meta.url), 'utf8')
const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(committed) as object)
const time = '2026-11-24T10:00:00.000Z'

// That each line of a real apply is valid is shown in test/cli/log.test.ts.
describe('schemas/log-event.v1.json', () => {
  it('is up to date with the types (npm run schema)', () => {
    expect(committed).toBe(logEventSchema())
  }, 60_000)

  it.each([
    ['an event', { time, type: 'phase', phase: 'applying', total: 3 }, true],
    ['an event without its time', { type: 'phase', phase: 'applying' }, false],
    ['a type that does not exist', { time, type: 'fase', phase: 'applying' }, false],
    ['a phase that does not exist', { time, type: 'phase', phase: 'thinking' }, false],
    [
      'an outcome without a status',
      { time, type: 'outcome', action: 'create', done: 1, total: 1, outcome: { id: 'a/x' } },
      false,
    ],
  ])('accepts or rejects %s', (_, event, good) => {
    expect(valid(event)).toBe(good)
  })
})
